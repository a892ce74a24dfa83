"""A dossier on each route, and what is refused on the way."""

import json
from datetime import date, timedelta

import pytest

from selection.actions import nomination as actions
from selection.actions import quota
from selection.errors import QuotaExceeded, SecondRoute
from selection.models import Nomination, Recognition
from selection.queries.dossier import fingerprint, section_named
from tests import factories
from workflow import clock, ledger
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db

BORN = date(1985, 3, 15)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


class Scene:
    """One round, one tree, a clerk and the officers."""

    def __init__(self, places=2):
        self.orgs = factories.tree()
        self.round = factories.round_()
        self.clerk = factories.user("unit_clerk", organisation=self.orgs["unit"])
        self.county = factories.user("bureau_officer", organisation=self.orgs["county"])
        self.city = factories.user("bureau_officer", organisation=self.orgs["city"])
        factories.quota(self.round, self.orgs["city"], places)

    def begin(self, route="county", **given):
        given = {"name": "沈雨晴", "id_number": factories.id_number(BORN), **given}
        return actions.create(self.round, by=self.clerk, route=route, **given)

    def fill(self, nomination, by=None):
        by = by or self.clerk
        basic = {"gender": "female", "born_on": BORN, "phone": "13800001234", "ethnicity": "汉族", "politics": "masses",
                 "education": "bachelor"}  # fmt: skip
        posts = {"setting": "social_organisation", "civil_status": "none", "field": "children",
                 "posts": factories.lines_of(nomination, "posts")}  # fmt: skip
        posts["posts"][0]["title"] = "总干事"
        certificate = {"certificate_level": "intermediate", "certificate_number": "2018001",
                       "certified_on": date(2018, 9, 20)}  # fmt: skip
        studio = {"studio_plan": "建立督导小组。", "studio_team": "五人。", "studio_site": "中心二楼"}
        lines = {
            part: factories.lines_of(nomination, part)
            for part in ("intervals", "service_records", "budget_lines")
        }
        unit = {"unit_opinion": "同意推荐。", "unit_notice_from": date(2026, 8, 10),
                "unit_notice_until": date(2026, 8, 20), "unit_notice_proof": "公告栏照片",
                "unit_notice_place": "单位公告栏", "unit_notice_objections": "none"}  # fmt: skip
        for slug, values in (
            ("basic", basic),
            ("posts", posts),
            ("certificate", certificate),
            ("practice", lines),
            ("service", lines),
            ("story", {"achievements": "十二年。", "summary": "长期从事。"}),
            ("studio", {**studio, **lines}),
            ("unit", unit),
        ):
            actions.save_section(nomination, section_named(slug), by=by, values=values)
        names = section_named("declarations").fields
        return actions.sign(nomination, by=by, declared=names)

    def nominated(self, **given):
        ready = factories.nomination(
            "nominator_review", round=self.round, orgs=self.orgs, originals_checked=True
        )
        return actions.nominate(
            ready, by=self.city, **{"rank": 1, "opinion": "同意推荐。", "background": "无。", **given}
        )


def told(kind):
    return sorted(Message.objects.filter(kind=kind).values_list("recipient_name", flat=True))


def test_the_county_route_from_the_first_line_to_the_province():
    scene = Scene()
    draft = scene.fill(scene.begin())
    at_county = actions.submit(draft, by=scene.clerk)
    at_city = actions.endorse(at_county, by=scene.county, opinion="同意上报。", originals_checked=True)
    done = actions.nominate(at_city, by=scene.city, rank=1, opinion="同意推荐。", background="无不良记录。")
    assert (at_county.state, at_city.state, done.state) == ("county_review", "nominator_review", "nominated")
    assert [e.kind for e in ledger.entries_of(done).order_by("seq")] == [
        "nomination.create", "nomination.submit", "nomination.endorse", "nomination.nominate",
    ]  # fmt: skip
    assert told("nomination.submitted") == [scene.county.name]
    assert told("nomination.endorsed") == [scene.city.name]
    assert told("nomination.nominated") == [scene.clerk.name]


def test_the_city_route_passes_no_county():
    scene = Scene()
    sent = actions.submit(scene.fill(scene.begin("city")), by=scene.clerk)
    assert (sent.state, sent.county) == ("nominator_review", None)
    assert told("nomination.submitted") == [scene.city.name]
    done = actions.nominate(
        sent, by=scene.city, rank=1, opinion="同意。", background="无。", originals_checked=True
    )
    assert done.state == "nominated"


def test_the_direct_route_goes_to_the_federation_itself():
    federation = factories.organisation("direct", name="浙江省社会工作联合会")
    clerk = factories.user("unit_clerk", "bureau_officer", organisation=federation)
    round_ = factories.round_()
    factories.quota(round_, federation, 1)
    scene = Scene()
    draft = actions.create(round_, by=clerk, name="陆安", id_number=factories.id_number(BORN), route="direct")
    sent = actions.submit(scene.fill(draft, by=clerk), by=clerk)
    done = actions.nominate(
        sent, by=clerk, rank=1, opinion="同意。", background="无。", originals_checked=True
    )
    assert (done.state, done.nominator, done.county) == ("nominated", federation, None)


def test_a_unit_has_only_the_routes_of_its_place_in_the_tree():
    scene = Scene()
    with pytest.raises(StepRefused) as refusal:
        scene.begin("direct")
    assert refusal.value.code == "no_such_route"


def test_born_date_and_gender_come_from_the_identity_number():
    draft = Scene().begin(id_number=factories.id_number(date(1979, 12, 3), serial=5))
    assert (draft.born_on, draft.gender) == (date(1979, 12, 3), "male")


def test_dossiers_of_a_round_are_numbered_one_after_another():
    scene = Scene()
    assert [scene.begin().code, scene.begin().code] == ["2026-0001", "2026-0002"]


def test_a_second_route_is_refused_without_telling_where():
    scene = Scene()
    number = factories.id_number()
    scene.begin("county", id_number=number)
    other = factories.tree()
    stranger = factories.user("unit_clerk", organisation=other["unit"])
    with pytest.raises(SecondRoute) as refusal:
        actions.create(scene.round, by=stranger, name="沈雨晴", id_number=number, route="city")
    assert not any(org.name in str(refusal.value) for org in scene.orgs.values())
    assert Nomination.objects.count() == 1
    assert ledger.entries_of(scene.round).get().kind == "refused"


def test_a_person_may_stand_again_after_a_withdrawal():
    scene = Scene()
    number = factories.id_number()
    actions.withdraw(scene.begin(id_number=number), by=scene.clerk, reason="材料不全，改由他途申报。")
    assert scene.begin("city", id_number=number).state == "draft"


def test_another_name_for_a_known_identity_number_is_refused():
    scene = Scene()
    number = factories.id_number()
    factories.nomination(
        "declined", nominee=factories.nominee("沈雨晴", id_number=number), submitted_at=factories.NOON
    )
    with pytest.raises(StepRefused) as refusal:
        scene.begin(name="沈雨清", id_number=number)
    assert refusal.value.code == "name_mismatch"
    assert "沈雨晴" not in str(refusal.value)


def test_a_name_typed_otherwise_before_any_office_has_seen_it_is_corrected_on_the_record():
    scene = Scene()
    number = factories.id_number()
    nominee = factories.nominee("沈雨晴", id_number=number)
    scene.begin(name="沈雨清", id_number=number)
    nominee.refresh_from_db()
    entry = ledger.entries_of(nominee).get()
    assert nominee.name == "沈雨清"
    assert (entry.kind, entry.actor_role, entry.chain_id) == (
        "nominee.renamed",
        "unit_clerk",
        scene.round.chain_key,
    )
    assert json.loads(entry.payload)["changes"] == [["name", "沈雨晴", "沈雨清"]]


def test_the_same_name_typed_again_leaves_no_entry():
    scene = Scene()
    number = factories.id_number()
    nominee = factories.nominee("沈雨晴", id_number=number)
    scene.begin(name="沈雨晴", id_number=number)
    assert not ledger.entries_of(nominee).exists()


def recognition(nominee, **fields):
    row = factories.nomination("recognised", nominee=nominee)
    given = {"ordinal": 1, "name": nominee.name, "name_key": nominee.name_key, "affiliations": [], **fields}
    return Recognition.objects.create(round=row.round, nomination=row, nominee=nominee, **given)


def test_whoever_is_recognised_does_not_stand_again():
    scene = Scene()
    number = factories.id_number()
    recognition(factories.nominee(id_number=number))
    with pytest.raises(StepRefused) as refusal:
        scene.begin(id_number=number)
    assert refusal.value.code == "barred"


@pytest.mark.parametrize(("revoked_on", "stands"), [(date(2023, 10, 10), True), (date(2023, 10, 11), False)])
def test_a_revocation_bars_for_three_years(revoked_on, stands):
    scene = Scene()
    number = factories.id_number()
    recognition(factories.nominee(id_number=number), revoked_on=revoked_on)
    if stands:
        assert scene.begin(id_number=number).state == "draft"
        return
    with pytest.raises(StepRefused, match="2026-10-11"):
        scene.begin(id_number=number)


def test_a_dossier_one_second_late_is_refused_and_audited():
    scene = Scene()
    draft = scene.fill(scene.begin())
    with clock.frozen(factories.CLOSES_AT + timedelta(seconds=1)), pytest.raises(StepRefused) as refusal:
        actions.submit(draft, by=scene.clerk)
    assert refusal.value.code == "outside_window"
    assert "17:30:01" in str(refusal.value)
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert ledger.entries_of(draft).last().kind == "refused"


def test_a_dossier_at_the_closing_second_is_late_and_one_before_is_not():
    scene = Scene()
    draft = scene.fill(scene.begin())
    with clock.frozen(factories.CLOSES_AT), pytest.raises(StepRefused):
        actions.submit(draft, by=scene.clerk)
    with clock.frozen(factories.CLOSES_AT - timedelta(seconds=1)):
        assert actions.submit(draft, by=scene.clerk).state == "county_review"


def test_nothing_is_taken_before_the_opening():
    scene = Scene()
    with clock.frozen(factories.OPENS_AT - timedelta(minutes=1)), pytest.raises(OutsideWindow, match="09:00"):
        scene.begin()


def test_a_certificate_two_days_too_young_names_the_day_on_which_it_would_pass():
    scene = Scene()
    draft = scene.fill(scene.begin())
    certificate = section_named("certificate")
    actions.save_section(draft, certificate, by=scene.clerk, values={"certified_on": date(2023, 10, 12)})
    with pytest.raises(StepRefused, match="2026-10-12") as refusal:
        actions.submit(draft, by=scene.clerk)
    assert refusal.value.code == "ineligible"


def test_a_unit_notice_of_four_working_days_is_too_short():
    scene = Scene()
    draft = scene.fill(scene.begin())
    days = {"unit_notice_from": date(2026, 8, 10), "unit_notice_until": date(2026, 8, 14)}
    actions.save_section(draft, section_named("unit"), by=scene.clerk, values=days)
    with pytest.raises(StepRefused) as refusal:
        actions.submit(draft, by=scene.clerk)
    assert refusal.value.code == "unit_notice_short"


def test_a_submitted_dossier_cannot_be_edited():
    scene = Scene()
    sent = actions.submit(scene.fill(scene.begin()), by=scene.clerk)
    with pytest.raises(StepRefused):
        actions.save_section(sent, section_named("studio"), by=scene.clerk, values={"studio_plan": "改写"})
    sent.refresh_from_db()
    assert sent.studio_plan == "建立督导小组。"


def test_another_units_clerk_cannot_edit():
    scene = Scene()
    stranger = factories.user("unit_clerk", organisation=factories.organisation("employer"))
    with pytest.raises(NotPermitted):
        actions.save_section(
            scene.begin(), section_named("studio"), by=stranger, values={"studio_plan": "改写"}
        )


def test_a_section_takes_its_own_fields_only():
    scene = Scene()
    draft = scene.begin()
    actions.save_section(
        draft, section_named("studio"), by=scene.clerk, values={"studio_plan": "新", "title": "混入"}
    )
    draft.refresh_from_db()
    assert (draft.studio_plan, draft.title) == ("新", "")


def test_a_declaration_keeps_the_time_at_which_it_was_made():
    scene = Scene()
    draft = scene.fill(scene.begin())
    with clock.frozen(factories.NOON + timedelta(days=1)):
        kept = actions.sign(draft, by=scene.clerk, declared=["truth_declared_at"])
    assert kept.truth_declared_at == factories.NOON
    assert kept.publication_consent_at is None


def test_returned_field_by_field_completed_and_sent_again():
    scene = Scene()
    sent = actions.submit(scene.fill(scene.begin()), by=scene.clerk)
    asked = [{"field": "posts", "reason": "请写明全称"}, {"field": "summary", "reason": "过短，仅100%一句"}]
    back = actions.return_for_completion(sent, by=scene.county, requests=asked)
    assert (back.state, back.requests) == ("returned", asked)
    assert "过短，仅100%一句" in Message.objects.get(kind="nomination.returned").body
    half = actions.save_section(
        back,
        section_named("posts"),
        by=scene.clerk,
        values={"posts": [{"unit": "某中心", "title": "总干事、督导"}]},
    )
    assert (half.title, half.affiliations) == ("总干事、督导", ["某中心总干事、督导"])
    assert [row["field"] for row in half.requests] == ["summary"]
    again = actions.submit(half, by=scene.clerk)
    assert (again.state, again.requests) == ("county_review", [])
    assert Message.objects.filter(kind="nomination.submitted").count() == 2


def test_a_return_without_a_reason_is_refused():
    scene = Scene()
    sent = actions.submit(scene.fill(scene.begin()), by=scene.clerk)
    for requests in ([], [{"field": "title", "reason": " "}], [{"field": "nominee", "reason": "不对"}]):
        with pytest.raises(StepRefused):
            actions.return_for_completion(sent, by=scene.county, requests=requests)


def test_the_county_does_not_return_what_lies_with_the_city():
    scene = Scene()
    ready = factories.nomination("nominator_review", round=scene.round, orgs=scene.orgs)
    with pytest.raises(NotPermitted):
        actions.return_for_completion(ready, by=scene.county, requests=[{"field": "posts", "reason": "请补"}])


def test_an_endorsement_without_the_originals_is_refused():
    scene = Scene()
    sent = actions.submit(scene.fill(scene.begin()), by=scene.clerk)
    with pytest.raises(StepRefused) as refusal:
        actions.endorse(sent, by=scene.county, opinion="同意。", originals_checked=False)
    assert refusal.value.code == "originals_unchecked"
    sent.refresh_from_db()
    assert sent.state == "county_review"


def test_a_declined_dossier_keeps_its_reason_and_tells_the_unit():
    scene = Scene()
    ready = factories.nomination("nominator_review", round=scene.round, orgs=scene.orgs)
    declined = actions.decline(ready, by=scene.city, reason="本轮名额有限，择优推荐。")
    assert (declined.state, declined.reason) == ("declined", "本轮名额有限，择优推荐。")
    assert told("nomination.declined") == [scene.clerk.name]


def test_over_quota_is_refused_and_nothing_changes():
    scene = Scene(places=1)
    scene.nominated()
    late = factories.nomination(
        "nominator_review", round=scene.round, orgs=scene.orgs, originals_checked=True
    )
    with pytest.raises(QuotaExceeded) as refusal:
        actions.nominate(late, by=scene.city, rank=2, opinion="同意。", background="无。")
    assert (refusal.value.code, "1个" in str(refusal.value)) == ("quota_exceeded", True)
    late.refresh_from_db()
    assert (late.state, late.rank_in_nominator) == ("nominator_review", None)
    assert ledger.entries_of(late).get().kind == "refused"


def test_an_office_without_a_quota_nominates_nobody():
    scene = Scene(places=1)
    scene.round.quotas.all().delete()
    with pytest.raises(QuotaExceeded):
        scene.nominated()


def test_two_nominees_do_not_share_a_rank():
    scene = Scene()
    scene.nominated(rank=1)
    with pytest.raises(StepRefused) as refusal:
        scene.nominated(rank=1)
    assert refusal.value.code == "rank_taken"


def test_a_withdrawal_before_the_closing_frees_the_place():
    scene = Scene(places=1)
    first = scene.nominated()
    actions.withdraw(first, by=scene.clerk, reason="本人因工作调动放弃。")
    assert scene.nominated().state == "nominated"


def test_a_withdrawal_after_the_closing_frees_nothing():
    scene = Scene(places=1)
    first = scene.nominated()
    with clock.frozen(factories.CLOSES_AT):
        gone = actions.withdraw(first, by=scene.city, reason="本人因工作调动放弃。")
    assert (gone.state, gone.place_freed) == ("withdrawn", False)


def test_a_late_nomination_is_refused_as_late():
    scene = Scene()
    with clock.frozen(factories.CLOSES_AT + timedelta(seconds=1)), pytest.raises(StepRefused) as refusal:
        scene.nominated()
    assert refusal.value.code == "outside_window"


def corrected(scene, **fields):
    requests = [
        {"field": "certificate_number", "reason": "与原件不一致"},
        {"field": "phone", "reason": "空号"},
    ]
    return factories.nomination(
        "correction",
        round=scene.round,
        orgs=scene.orgs,
        requests=requests,
        correction_due=date(2026, 9, 8),
        **fields,
    )


def test_a_correction_changes_what_was_asked_and_keeps_the_old_beside_the_new():
    scene = Scene()
    row = corrected(scene, certificate_number="2018000")
    values = {"certificate_number": "2018001", "phone": "13900005678"}
    done = actions.correct(row, by=scene.clerk, values=values)
    assert (done.state, done.certificate_number, done.phone) == ("nominated", "2018001", "13900005678")
    entry = ledger.entries_of(done).get()
    assert '"certificate_number":["2018000","2018001"]' in entry.payload
    assert "13900005678" not in entry.payload


def test_a_correction_of_another_field_is_refused():
    scene = Scene()
    with pytest.raises(StepRefused) as refusal:
        actions.correct(corrected(scene), by=scene.clerk, values={"title": "主任"})
    assert refusal.value.code == "not_asked:title"


def test_a_correction_counts_until_the_end_of_its_last_day():
    scene = Scene()
    row = corrected(scene)
    values = {"certificate_number": "2018001", "phone": "13900005678"}
    with clock.frozen(factories.NOON.replace(day=9, hour=0)), pytest.raises(StepRefused) as refusal:
        actions.correct(row, by=scene.clerk, values=values)
    assert refusal.value.code == "outside_window"
    with clock.frozen(factories.NOON.replace(day=8, hour=23, minute=59)):
        assert actions.correct(row, by=scene.clerk, values=values).state == "nominated"


def test_a_correction_that_empties_a_required_field_is_refused_and_changes_nothing():
    scene = Scene()
    row = corrected(scene)
    with pytest.raises(StepRefused) as refusal:
        actions.correct(row, by=scene.clerk, values={"certificate_number": "", "phone": "13900005678"})
    assert refusal.value.code == "incomplete"
    row.refresh_from_db()
    assert (row.state, bool(row.certificate_number)) == ("correction", True)


def test_a_revocation_shows_on_the_recognition_from_that_day():
    nominee = factories.nominee()
    row = recognition(nominee)
    leader = factories.user("leader")
    factories.revocation(row.nomination, "revoked")
    gone = actions.revoke(row.nomination, by=leader, reason="查实材料造假，依规撤销。")
    row.refresh_from_db()
    assert (gone.state, gone.reason, row.revoked_on) == (
        "revoked",
        "查实材料造假，依规撤销。",
        date(2026, 9, 1),
    )


def test_no_letter_and_no_entry_holds_the_identity_number_or_the_phone():
    scene = Scene()
    number = factories.id_number(BORN)
    sent = actions.submit(scene.fill(scene.begin(id_number=number)), by=scene.clerk)
    actions.endorse(sent, by=scene.county, opinion="同意上报。", originals_checked=True)
    texts = [m.subject + m.body for m in Message.objects.all()]
    texts += [e.payload for e in ledger.entries_of(sent)]
    assert texts
    assert not any(number in text or "13800001234" in text for text in texts)


def test_an_officer_orders_the_own_nominees_and_no_others():
    scene = Scene(places=3)
    rows = [scene.nominated(rank=rank) for rank in (1, 2, 3)]
    wanted = [rows[2].pk, rows[0].pk, rows[1].pk]
    quota.reorder(scene.round, by=scene.city, order=wanted)
    ranks = dict(Nomination.objects.values_list("pk", "rank_in_nominator"))
    assert [ranks[pk] for pk in wanted] == [1, 2, 3]
    assert ledger.entries_of(scene.round).get().kind == "round.reorder"
    stranger = factories.nomination("nominated", round=scene.round)
    for order in (wanted[:2], [*wanted, stranger.pk], [wanted[0]] * 3):
        with pytest.raises(StepRefused):
            quota.reorder(scene.round, by=scene.city, order=order)


def test_the_order_is_fixed_at_the_closing():
    scene = Scene()
    row = scene.nominated()
    with clock.frozen(factories.CLOSES_AT), pytest.raises(OutsideWindow):
        quota.reorder(scene.round, by=scene.city, order=[row.pk])


def test_what_somebody_else_wrote_meanwhile_is_not_written_over():
    scene = Scene()
    draft, studio = scene.begin(), section_named("studio")
    seen = fingerprint(draft, studio)
    actions.save_section(draft, studio, by=scene.clerk, values={"studio_plan": "甲写的"}, seen=seen)
    with pytest.raises(StepRefused) as refusal:
        actions.save_section(draft, studio, by=scene.clerk, values={"studio_plan": "乙写的"}, seen=seen)
    assert refusal.value.code == "changed_meanwhile"
    draft.refresh_from_db()
    assert draft.studio_plan == "甲写的"
