"""The way of an activity: written, handed in, co-signed through a link, sampled; and what is refused on it."""

from datetime import date, time, timedelta
from io import BytesIO

import pytest
from PIL import Image

from selection.errors import BadFile
from studios.actions import activity as actions
from studios.actions import activity_check as check
from studios.errors import LinkEnded, PersonalData
from studios.models import Activity, ActivityPhoto, SampledActivity
from studios.queries import activity as queries
from studios.rules import activity as rules
from tests import factories
from workflow import clock, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

NOBODY = actions.People()
VALUES = {
    "kind": "group", "title": "我的情绪我做主", "held_on": date(2026, 8, 28), "starts_at": time(9), "ends_at": time(10, 30),
    "place": "社区活动室", "station_name": "盘城街道社工站", "attendances": 12, "faces_masked": True,
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def jpeg(shade: int = 90, *, exif: bool = False) -> bytes:
    image, out = Image.new("RGB", (40, 30), (shade, 80, 70)), BytesIO()
    data = Image.Exif()
    if exif:
        data[0x010E] = "SECRET-PLACE"
    image.save(out, "JPEG", exif=data)
    return out.getvalue()


def recorded(studio, **changes):
    given = {"values": VALUES, "people": NOBODY, "photos": [jpeg()], "submit": True, **changes}
    return actions.record(studio, by=studio.lead, **given)


def test_a_record_is_handed_in_with_a_clean_photo_and_its_day():
    studio = factories.studio()
    row = recorded(studio, photos=[jpeg(exif=True)])
    assert (row.state, row.due_on, row.submitted_on) == ("submitted", date(2026, 9, 7), date(2026, 9, 1))
    photo = row.photos.get()
    assert b"SECRET-PLACE" in jpeg(exif=True)
    with photo.file.open("rb") as file:
        assert b"SECRET-PLACE" not in file.read()
    assert photo.sha256 != photo.source_sha256


def test_without_a_photo_a_draft_is_kept_but_not_handed_in():
    studio = factories.studio()
    with pytest.raises(StepRefused) as refused:
        recorded(studio, photos=[])
    assert refused.value.code == "no_evidence"
    assert not Activity.objects.exists()
    assert recorded(studio, photos=[], submit=False).state == "drafted"


def test_faces_that_are_not_declared_masked_are_refused():
    with pytest.raises(StepRefused) as refused:
        recorded(factories.studio(), values={**VALUES, "faces_masked": False})
    assert refused.value.code == "faces_not_masked"


@pytest.mark.parametrize("text", ["组员电话13812345678", f"身份证{factories.id_number()}"])
def test_numbers_of_persons_are_refused(text):
    with pytest.raises(PersonalData):
        recorded(factories.studio(), values={**VALUES, "summary": text})


def test_what_is_no_picture_is_refused_and_nothing_is_kept():
    with pytest.raises(BadFile):
        recorded(factories.studio(), photos=[jpeg(), b"%PDF-1.4 no"])
    assert not ActivityPhoto.objects.exists()


def test_nobody_but_the_studio_records_and_none_that_stands_still_does():
    studio = factories.studio()
    with pytest.raises(NotPermitted):
        actions.record(studio, by=factories.user("studio_lead"), values=VALUES, people=NOBODY)
    with pytest.raises(StepRefused):
        recorded(factories.studio("suspended"))


def test_a_station_cosigns_with_its_link_once_and_the_studio_is_told():
    row = recorded(factories.studio())
    token = actions.issue_link(row, by=row.studio.lead)
    assert not row.links.filter(digest__contains=token).exists()
    signed = actions.cosign(row, token=token, by=actions.station_of(row))
    assert signed.state == "cosigned"
    assert Message.objects.filter(kind="activity.cosigned").count() == 1
    assert ledger.entries_of(row).filter(kind="activity.cosign").get().actor_name == "盘城街道社工站"
    with pytest.raises(LinkEnded):
        actions.cosign(row, token=token, by=actions.station_of(row))


def test_a_link_ends_by_a_newer_one_by_revocation_by_time_and_by_taking_back():
    row = recorded(factories.studio())
    lead, station = row.studio.lead, actions.station_of(row)
    first = actions.issue_link(row, by=lead)
    second = actions.issue_link(row, by=lead)
    with pytest.raises(LinkEnded):
        actions.cosign(row, token=first, by=station)
    actions.revoke_links(row, by=lead)
    with pytest.raises(LinkEnded):
        actions.cosign(row, token=second, by=station)
    third = actions.issue_link(row, by=lead)
    with clock.frozen(factories.NOON + timedelta(days=14)), pytest.raises(LinkEnded):
        actions.cosign(row, token=third, by=station)
    actions.take_back(row, by=lead)
    with pytest.raises(LinkEnded):
        actions.cosign(row, token=third, by=station)


def test_a_link_of_another_activity_confirms_nothing():
    studio = factories.studio()
    one, other = recorded(studio), recorded(studio, photos=[jpeg(20)])
    token = actions.issue_link(other, by=studio.lead)
    with pytest.raises(LinkEnded):
        actions.cosign(one, token=token, by=actions.station_of(one))


def test_a_draft_is_changed_and_a_submitted_record_is_not():
    studio = factories.studio()
    row = recorded(studio, submit=False)
    people = actions.People(leads=["沈雨晴"], volunteers={"王芳": 2})
    given = {"by": studio.lead, "values": {**VALUES, "attendances": 15}, "people": people}
    changed = actions.change(row, **given, submit=True)
    assert (changed.attendances, changed.state, changed.workers.count()) == (15, "submitted", 2)
    with pytest.raises(StepRefused):
        actions.change(row, **given)


def test_a_quarter_is_sampled_once_after_its_end_and_the_call_decides():
    studio, manager = factories.studio(), factories.user("manager")
    rows = [factories.activity("cosigned", home=studio) for _n in range(12)]
    factories.activity("submitted", home=studio)
    with pytest.raises(StepRefused):
        check.draw_sample(by=manager, quarter="2026Q3", seed="12345678")
    with clock.frozen(factories.NOON + timedelta(days=40)):
        sample = check.draw_sample(by=manager, quarter="2026Q3", seed="12345678")
        assert sample.population == [row.pk for row in rows]
        chosen = list(sample.items.values_list("activity", flat=True))
        assert chosen == rules.sample("12345678", sample.population)
        with pytest.raises(StepRefused):
            check.draw_sample(by=manager, quarter="2026Q3", seed="87654321")
        first, second = sample.items.all()
        stale = sample.items.first()
        check.record_call(first.activity, item=first, by=manager, result="confirmed", note="站长李某确认属实")
        with pytest.raises(StepRefused):  # read before the call, it knows no result yet
            check.record_call(
                first.activity, item=stale, by=manager, result="doubtful", note="记不清是否办过"
            )
        check.record_call(
            second.activity, item=second, by=manager, result="doubtful", note="站点说当天没有活动"
        )
    states = {item.activity.state for item in SampledActivity.objects.select_related("activity")}
    assert states == {"verified", "questioned"}
    assert Message.objects.filter(kind="activity.judged").count() == 2


def test_only_the_province_draws():
    with pytest.raises(NotPermitted):
        check.draw_sample(by=factories.user("bureau_officer"), quarter="2026Q2", seed="12345678")


def test_confirmed_hours_are_certified_and_others_are_not():
    studio = factories.studio()
    people = actions.People(volunteers={"王芳": 2})
    row = recorded(studio, people=people)
    with pytest.raises(StepRefused):
        check.certify_hours(studio, by=studio.lead, name="王芳")
    actions.cosign(row, token=actions.issue_link(row, by=studio.lead), by=actions.station_of(row))
    made = check.certify_hours(studio, by=studio.lead, name="王芳")
    assert (made.name, made.hours, queries.certificate_of(made.number)) == ("王芳", 2, made)


def test_days_come_from_the_rules_of_the_studio():
    studio = factories.studio()
    rules_of_the_studio(studio, record_days=3, link_days=2)
    row = recorded(studio)
    assert row.due_on == date(2026, 8, 31)
    actions.issue_link(row, by=studio.lead)
    assert row.links.get().expires_at == factories.NOON + timedelta(days=2)


def rules_of_the_studio(studio, **changes):
    from studios.models import Agreement, ProgrammeVersion
    from studios.rules.programme import Programme

    content = Programme.from_dict(changes)
    version = ProgrammeVersion.objects.create(
        version=1, effective_from=date(2026, 1, 1), basis="文", content=content.to_dict(), digest=content.digest,
        adopted_by=studio.lead,
    )  # fmt: skip
    Agreement.objects.filter(studio=studio).update(programme=version)
    studio.refresh_from_db()


def test_the_share_of_the_sample_comes_from_the_rules_in_force():
    studio = factories.studio()
    for number in range(10):
        factories.activity("cosigned", home=studio, held_on=date(2026, 5, 1 + number))
    rules_of_the_studio(studio, sample_share=50)
    sample = check.draw_sample(by=factories.user("manager"), quarter="2026Q2", seed="福彩 1 2 3")
    assert (sample.share, sample.items.count()) == (50, 5)


def test_a_photo_that_the_scanner_does_not_pass_is_not_kept(settings):
    from tests.clamd import EICAR, listening

    studio, photo = factories.studio(), jpeg()
    with listening(settings):
        assert recorded(studio, photos=[photo]).photos.count() == 1
        with pytest.raises(BadFile) as refused:
            recorded(studio, photos=[photo[:-2] + EICAR + photo[-2:]])
        assert refused.value.code == "infected"
    settings.CLAMAV_PORT = 1
    with pytest.raises(BadFile) as refused:
        recorded(studio, photos=[jpeg(91)])
    assert refused.value.code == "scanner_away"
    assert ActivityPhoto.objects.count() == 1


def test_no_group_is_planned_where_the_studio_stands_still():
    studio = factories.studio("suspended")
    with pytest.raises(StepRefused) as refused:
        actions.plan_group(
            studio, by=studio.lead, name="情绪小组", goals="识别情绪", members_planned=10, sessions_planned=4
        )
    assert refused.value.code == "studio_not_running"


def test_a_group_is_closed_once_with_its_evaluation():
    studio = factories.studio()
    group = actions.plan_group(
        studio, by=studio.lead, name="情绪小组", goals="识别情绪", members_planned=10, sessions_planned=4
    )
    with pytest.raises(StepRefused) as refused:
        actions.close_group(group, by=studio.lead, closing="组员能说出情绪。", goals_reached=True)
    assert refused.value.code == "no_session"
    factories.activity(
        "cosigned", home=studio, kind="group", group=group, session_number=1, attendances=8, people=8
    )
    group = actions.close_group(group, by=studio.lead, closing="组员能说出情绪。", goals_reached=True)
    assert (group.closed_on, group.goals_reached) == (date(2026, 9, 1), True)
    with pytest.raises(StepRefused, match="已结案"):
        actions.close_group(group, by=studio.lead, closing="又一次结案评估。", goals_reached=False)
    with pytest.raises(NotPermitted):
        actions.close_group(group, by=factories.user("manager"), closing="处室不代写。", goals_reached=True)
