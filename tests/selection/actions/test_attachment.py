"""Files come into a dossier one by one, are looked at, and go out of it again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from selection.actions import attachment as actions
from selection.actions import nomination as nominations
from selection.actions.dossier import take_version
from selection.errors import BadFile
from selection.models import Attachment, Nomination
from selection.models.nomination import Nomination as Dossier
from selection.queries import attachment as queries
from selection.queries.attachment import scanned_words, task_of
from selection.queries.dossier_versions import differences
from selection.rules.rulebook import DEFAULT_RULEBOOK
from tests import factories
from tests.clamd import EICAR, listening
from workflow import clock, door, ledger
from workflow.actor import SYSTEM
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def draft() -> Nomination:
    return factories.nomination("draft")


@pytest.fixture
def clerk(draft):
    return factories.user("unit_clerk", organisation=draft.unit)


def upload(nomination: Nomination, by: Any, **given: Any) -> Attachment:
    return actions.upload(
        nomination, by=by, **{"kind": "certificate", "name": "a.pdf", "data": factories.pdf(), **given}
    )


def code_of(nomination: Nomination, by: Any, **given: Any) -> str:
    with pytest.raises(BadFile) as refused:
        upload(nomination, by, **given)
    assert str(refused.value)
    return refused.value.code


def files() -> set[str]:
    try:
        return {f"{folder}/{name}" for folder in default_storage.listdir("attachments")[0]
                for name in default_storage.listdir(f"attachments/{folder}")[1]}  # fmt: skip
    except FileNotFoundError:
        return set()


def kinds(nomination: Nomination) -> list[str]:
    return list(ledger.entries_of(nomination).order_by("seq").values_list("kind", flat=True))


# Coming in


def test_a_file_is_kept_under_a_name_of_ours_with_its_digest(draft, clerk):
    data = factories.pdf(2)
    row = upload(draft, clerk, name="王小明33010619850315001X.pdf", data=data)
    assert (row.kind, row.number, row.audience, row.state) == ("certificate", 1, "staff", "clean")
    assert (row.size, row.pages, row.mime) == (len(data), 2, "application/pdf")
    assert row.file.name == f"attachments/{draft.round.code}/{row.key.hex}.pdf"
    assert "33010619850315001X" not in row.source_name
    with row.file.open("rb") as file:
        assert file.read() == data
    assert upload(draft, clerk).number == 2


def test_what_came_in_stands_on_the_ledger_by_its_digest(draft, clerk):
    row = upload(draft, clerk)
    entry = ledger.entries_of(draft).get()
    assert entry.kind == "nomination.attach"
    assert row.sha256 in entry.payload
    passed = ledger.entries_of(row).get()
    assert (passed.kind, passed.actor_role) == ("attachment.pass_scan", "system")


def test_the_class_follows_the_kind(draft, clerk):
    found = {kind: upload(draft, clerk, kind=kind).audience for kind in ("id", "award", "case", "practice")}
    assert found == {"id": "restricted", "award": "public", "case": "expert", "practice": "staff"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"data": b""}, "empty"),
        ({"data": b"MZ\x90"}, "wrong_type"),
        ({"data": b"GIF89a\1\0\1\0"}, "wrong_type"),
        ({"data": factories.pdf(password="x")}, "locked"),
        ({"data": factories.pdf()[:-30]}, "broken"),
        ({"kind": "photo"}, "not_a_picture"),
        ({"kind": "passport"}, "unknown_kind"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason_and_leaves_nothing(draft, clerk, given, code):
    before = files()
    assert code_of(draft, clerk, **given) == code
    assert not Attachment.objects.exists()
    assert files() == before


def test_the_limit_of_a_file_holds_to_the_byte(draft, clerk, monkeypatch):
    monkeypatch.setattr(actions, "MEGABYTE", 100)  # of 10 "megabytes"
    assert code_of(draft, clerk, data=b"x" * 1001) == "too_large"
    assert code_of(draft, clerk, data=b"x" * 1000) == "wrong_type"


def test_the_limits_are_those_of_the_rulebook(clerk, draft):
    row = factories.nomination(
        "draft", round=factories.round_(rules=factories.rulebook(max_file_mb=1, max_dossier_mb=1)),
        orgs={"unit": draft.unit, "county": draft.county, "city": draft.nominator},
    )  # fmt: skip
    assert code_of(row, clerk, data=b"%PDF-" + b"x" * 1024 * 1024) == "too_large"
    factories.attachment(row, "case", size=1024 * 1024 - 10)
    assert code_of(row, clerk) == "dossier_full"
    Attachment.objects.update(removed_at=factories.NOON)
    assert upload(row, clerk).state == "clean"


def test_the_same_file_twice_is_named(draft, clerk):
    data = factories.picture(orientation=6)
    upload(draft, clerk, data=data, name="a.jpg")
    with pytest.raises(BadFile) as refused:
        upload(draft, clerk, data=data, name="b.jpg")
    assert refused.value.code == "double"
    assert "社会工作者职业资格证书 1" in str(refused.value)
    assert upload(draft, clerk, kind="diploma", data=data).number == 1  # one scan may prove two things


def test_a_dossier_has_a_bounded_number_of_files(draft, clerk, monkeypatch):
    monkeypatch.setattr(actions, "MOST_FILES", 2)
    upload(draft, clerk)
    upload(draft, clerk)
    assert code_of(draft, clerk) == "too_many_files"


# Who and when


@pytest.mark.parametrize(
    "role", ["bureau_officer", "reviewer", "manager", "expert", "supervisor", "system_admin"]
)
def test_nobody_but_the_unit_brings_its_proofs(draft, role):
    with pytest.raises(NotPermitted):
        upload(draft, factories.user(role, organisation=draft.unit if role == "expert" else draft.county))
    assert ledger.entries_of(draft).get().kind == "refused"


def test_the_clerk_of_another_unit_brings_nothing(draft):
    with pytest.raises(NotPermitted):
        upload(draft, factories.user("unit_clerk", organisation=factories.organisation()))


@pytest.mark.parametrize(
    "state", ["county_review", "nominator_review", "nominated", "qualified", "in_review", "withdrawn"]
)
def test_a_sent_dossier_takes_no_file_and_gives_none(state):
    row = factories.nomination(state)
    kept = factories.attachment(row)
    clerk = factories.user("unit_clerk", organisation=row.unit)
    with pytest.raises(StepRefused):
        upload(row, clerk)
    with pytest.raises(StepRefused):
        actions.remove(kept, by=clerk)
    assert kept.file.storage.exists(kept.file.name)


def test_after_the_closing_second_no_file_comes_in(draft, clerk):
    with clock.frozen(factories.CLOSES_AT - timedelta(seconds=1)):
        upload(draft, clerk)
    with clock.frozen(factories.CLOSES_AT), pytest.raises(OutsideWindow):
        upload(draft, clerk)


def test_a_correction_brings_the_kinds_asked_for_until_its_last_day_and_what_was_sent_is_kept():
    today = factories.NOON.date()
    row = factories.nomination(
        "correction",
        round=factories.round_("screening"),
        correction_due=today,
        submitted_at=factories.OPENS_AT,
        requests=[{"field": "attachment_practice", "reason": "缺单位盖章"}],
    )
    clerk = factories.user("unit_clerk", organisation=row.unit)
    before = {"uploaded_at": factories.OPENS_AT - timedelta(hours=1)}
    other = factories.attachment(row, **before)
    sent = factories.attachment(row, "practice", number=1, **before)
    with pytest.raises(StepRefused):
        upload(row, clerk, kind="certificate")
    with pytest.raises(StepRefused):
        actions.remove(other, by=clerk)
    with pytest.raises(StepRefused) as refused:
        nominations.correct(row, by=clerk, values={})
    assert refused.value.code == "not_replaced"
    upload(row, clerk, kind="practice")
    actions.remove(sent, by=clerk)
    sent.refresh_from_db()
    assert (sent.removed_at is not None, default_storage.exists(sent.file.name)) == (True, True)
    with clock.frozen(factories.NOON + timedelta(days=1)), pytest.raises(StepRefused):
        upload(row, clerk, kind="practice")


def test_a_replaced_file_shows_in_the_record_the_versions_and_to_the_reviewer_alone():
    row = factories.nomination(
        "correction", round=factories.round_("screening"), correction_due=factories.NOON.date(),
        submitted_at=factories.OPENS_AT, requests=[{"field": "attachment_practice", "reason": "缺单位盖章"}],
    )  # fmt: skip
    clerk, reviewer = factories.user("unit_clerk", organisation=row.unit), factories.user("reviewer")
    sent = factories.attachment(row, "practice", number=1, uploaded_at=factories.OPENS_AT)
    take_version(row, "submit", by=clerk)
    brought = upload(row, clerk, kind="practice")
    actions.remove(sent, by=clerk)
    row = nominations.correct(row, by=clerk, values={})
    entry = ledger.entries_of(row).get(kind="nomination.correct")
    old, new = json.loads(entry.payload)["changes"]["attachment_practice"]
    assert (old, new) == (f"1 · {sent.sha256[:12]}", f"2 · {brought.sha256[:12]}")
    differing = [part for part in differences(*row.versions.order_by("number")) if part["changed"]]
    assert [line[0] for line in differing[0]["rows"][0]["lines"]] == ["gone", "come"]
    assert [one.pk for one in queries.put_away(row, reviewer)] == [sent.pk]
    assert queries.put_away(row, clerk) == []
    assert sent not in queries.attachments_visible_to(clerk, put_away=True)


def test_a_return_asks_for_files_of_a_kind_until_one_has_come():
    row = factories.nomination("county_review")
    officer = factories.user("bureau_officer", organisation=row.county)
    clerk = factories.user("unit_clerk", organisation=row.unit)
    asked = [{"field": "attachment_id", "reason": "扫描件模糊"}, {"field": "summary", "reason": "过短"}]
    row = nominations.return_for_completion(row, by=officer, requests=asked)
    assert task_of(row)["state"] == "wrong"
    assert "身份证" in task_of(row)["note"]
    upload(row, clerk, kind="id")
    row.refresh_from_db()
    assert [one["field"] for one in row.requests] == ["summary"]
    assert task_of(row)["state"] == "done"


def test_the_default_rules_ask_for_four_papers():
    rules = factories.rulebook(required_attachments=DEFAULT_RULEBOOK["required_attachments"])
    row = factories.nomination("draft", round=factories.round_(rules=rules))
    clerk = factories.user("unit_clerk", organisation=row.unit)
    for kind in ("id", "certificate", "practice"):
        upload(row, clerk, kind=kind)
    with pytest.raises(StepRefused) as refused:
        nominations.submit(row, by=clerk)
    assert refused.value.code == "attachments_missing"
    assert "单位公示证明" in str(refused.value)
    upload(row, clerk, kind="unit_notice")
    assert nominations.submit(row, by=clerk).state == "county_review"


def test_the_background_opinion_is_the_nominators_at_its_desk():
    row = factories.nomination("nominator_review")
    officer = factories.user("bureau_officer", organisation=row.nominator)
    assert upload(row, officer, kind="background").audience == "restricted"
    for person in (
        factories.user("unit_clerk", organisation=row.unit),
        factories.user("bureau_officer", organisation=row.county),
    ):
        with pytest.raises(NotPermitted):
            upload(row, person, kind="background")
    with pytest.raises(NotPermitted):
        upload(row, officer, kind="id")


# Going out


def test_before_it_was_sent_a_file_goes_for_good_and_its_digest_stays(
    draft, clerk, django_capture_on_commit_callbacks
):
    row = upload(draft, clerk)
    place, digest = row.file.name, row.sha256
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove(row, by=clerk)
    assert not Attachment.objects.exists()
    assert not default_storage.exists(place)
    assert kinds(draft) == ["nomination.attach", "nomination.detach"]
    assert digest in ledger.entries_of(draft).order_by("seq").last().payload


def test_what_an_office_has_had_before_itself_is_kept_closed(django_capture_on_commit_callbacks):
    row = factories.nomination("returned", submitted_at=factories.NOON - timedelta(days=1))
    clerk = factories.user("unit_clerk", organisation=row.unit)
    sent = factories.attachment(row, uploaded_at=factories.NOON - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove(sent, by=clerk)
    kept = Attachment.objects.get()
    assert kept.removed_at == factories.NOON
    assert default_storage.exists(kept.file.name)
    with pytest.raises(StepRefused):
        actions.remove(sent, by=clerk)


def test_a_file_whose_row_is_refused_is_not_left_behind(draft, clerk, monkeypatch):
    data, before = factories.pdf(), files()
    upload(draft, clerk, data=data)
    after = files()
    assert len(after - before) == 1
    code_of(draft, clerk, data=data)
    assert files() == after


def test_files_without_a_row_go_after_a_day(draft, clerk, monkeypatch):
    kept = upload(draft, clerk)
    orphan = default_storage.save("attachments/lost/x.pdf", ContentFile(b"x"))
    assert actions.drop_orphans() == 0  # it may be on its way
    monkeypatch.setattr(actions, "ORPHANED_AFTER", -10.0)
    actions.drop_orphans()
    assert default_storage.exists(kept.file.name)
    assert not default_storage.exists(orphan)


# The scan


@pytest.fixture
def clamd(settings):
    with listening(settings):
        yield


def test_without_a_scanner_the_record_says_that_nobody_looked(draft, clerk):
    row = upload(draft, clerk)
    assert (row.state, row.scanner) == ("clean", "")
    assert scanned_words(row) == "未配置病毒扫描，未经扫描"
    assert '"scanner":"none"' in ledger.entries_of(row).get().payload


def test_a_clean_file_is_open_at_once(draft, clerk, clamd):
    row = upload(draft, clerk)
    assert (row.state, row.scanner, row.scanned_at) == ("clean", "ClamAV", factories.NOON)


def test_an_infected_file_is_quarantined_and_its_sender_told(draft, clerk, clamd):
    row = upload(draft, clerk, data=factories.pdf(tail=EICAR))
    assert (row.state, row.finding) == ("quarantined", "Win.Test.EICAR_HDB-1")
    assert ledger.entries_of(row).get().kind == "attachment.quarantine"
    assert Message.objects.get().recipient_id == str(clerk.pk)
    assert task_of(draft)["state"] == "wrong"


def test_a_file_waits_closed_until_the_scanner_is_back(draft, clerk, settings):
    settings.CLAMAV_SOCKET = "/nowhere/clamd.sock"
    row, bad = upload(draft, clerk), upload(draft, clerk, data=factories.pdf(tail=EICAR))
    assert (row.state, bad.state) == ("uploaded", "uploaded")
    assert task_of(draft)["state"] == "done"  # a scanner that is away keeps nobody from sending
    assert actions.scan_waiting() == 0
    assert not Entry.objects.filter(kind="refused").exists()
    settings.CLAMAV_SOCKET = ""
    with listening(settings):
        assert actions.scan_waiting() == 2
        assert actions.scan_waiting() == 0
    assert list(Attachment.objects.order_by("pk").values_list("state", flat=True)) == ["clean", "quarantined"]


def test_nobody_lets_a_file_pass_by_hand(draft, clerk):
    row = factories.attachment(draft, state="uploaded")
    for person in (clerk, factories.user("manager"), factories.user("system_admin")):
        with pytest.raises(NotPermitted):
            door.take(row, "pass_scan", by=person, at=clock.now(), scanner="x")


def test_a_quarantined_file_never_becomes_clean(draft):
    row = factories.attachment(draft, state="quarantined")
    with pytest.raises(StepRefused):
        door.take(row, "pass_scan", by=SYSTEM, at=clock.now(), scanner="ClamAV")


# What a dossier needs


@pytest.fixture
def strict():
    rules = factories.rulebook(required_attachments=["id", "certificate"])
    return factories.nomination("draft", round=factories.round_(rules=rules))


def test_a_dossier_is_not_sent_without_its_required_files(strict):
    from selection.actions import nomination

    clerk = factories.user("unit_clerk", organisation=strict.unit)
    with pytest.raises(StepRefused) as refused:
        nomination.submit(strict, by=clerk)
    assert refused.value.code == "attachments_missing"
    assert str(refused.value) == "缺少附件：身份证、社会工作者职业资格证书。"
    upload(strict, clerk, kind="id")
    factories.attachment(strict, "certificate", state="quarantined")
    with pytest.raises(StepRefused) as refused:
        nomination.submit(strict, by=clerk)
    assert str(refused.value) == "缺少附件：社会工作者职业资格证书。"
    upload(strict, clerk, kind="certificate")
    assert nomination.submit(strict, by=clerk).state == "county_review"


def test_the_task_says_what_is_missing(strict, draft):
    assert (task_of(strict)["state"], task_of(strict)["note"]) == ("", "还缺：身份证、社会工作者职业资格证书")
    factories.attachment(strict, "id")
    assert task_of(strict)["state"] == "started"
    factories.attachment(strict, "certificate")
    assert task_of(strict)["state"] == "done"
    assert task_of(draft)["state"] == "optional"  # nothing is required of this round


def test_the_guard_asks_the_database_nothing_where_nothing_is_required(draft, django_assert_num_queries):
    from selection.models.attachment_kinds import missing_kinds

    row = (
        Dossier.objects.select_related("round").prefetch_related("round__rulebook_versions").get(pk=draft.pk)
    )
    with django_assert_num_queries(0):
        assert missing_kinds(row) == []
