"""Sheets sealed until two persons open them; results by the frozen method, to the cent."""

import json
import logging
from decimal import Decimal

import pytest
from django.contrib import admin
from django.core import serializers
from django.db import connection

from selection.actions import scoring
from selection.collections.panel import represent_assignment
from selection.collections.scoring import represent
from selection.errors import BadMark, SealBroken
from selection.models import Assignment, Nomination, Result, Round, ScoreSheet
from selection.queries.scoring import sheets_visible_to
from tests import factories
from tests.selection import stage as stages
from workflow import clock, collections, ledger
from workflow.errors import NotPermitted, OutsideWindow, StepRefused
from workflow.models import Entry, Message, PublishedHead
from workflow.rules.chain import commitment

pytestmark = pytest.mark.django_db

PLANTED = "73.5"
SECRET = "密语不可外传七三五"


@pytest.fixture(autouse=True)
def during_review():
    with clock.frozen(stages.REVIEW):
        yield


def drafted(sheet, *, revision=0, **given):
    marks = {"A": "84", "B": "八十", **given}
    return scoring.save_draft(
        sheet,
        by=sheet.assignment.expert.user,
        marks=marks,
        comments={"A": "扎实"},
        overall="",
        revision=revision,
    )


def test_a_draft_keeps_what_is_typed_even_if_it_is_wrong():
    sheet = stages.accepted(stages.in_review(1).duty())
    saved = ScoreSheet.objects.get(pk=drafted(sheet).pk)
    assert saved.content["marks"] == {"A": "84", "B": "八十"}
    assert (saved.content["comments"], saved.revision, saved.state) == ({"A": "扎实"}, 1, "draft")


def test_a_stale_page_does_not_overwrite_a_newer_draft():
    sheet = stages.accepted(stages.in_review(1).duty())
    drafted(sheet)
    with pytest.raises(scoring.NewerElsewhere):
        drafted(sheet, A="99")
    assert ScoreSheet.objects.get(pk=sheet.pk).content["marks"]["A"] == "84"


def test_nobody_saves_into_someone_elses_sheet():
    stage = stages.in_review(1)
    sheet = stages.accepted(stage.duty())
    with pytest.raises(NotPermitted):
        scoring.save_draft(sheet, by=stage.duty(1).expert.user, marks={}, comments={}, overall="", revision=0)


def test_a_submitted_sheet_takes_no_more_saving():
    sheet = stages.submitted(stages.in_review(1).duty(), "80")
    with pytest.raises(OutsideWindow) as refusal:
        drafted(sheet)
    assert refusal.value.code == "sheet_closed"


@pytest.mark.parametrize("bad", ["100.5", "-0.5", "88.3", "NaN", "Infinity", "1000"])
def test_a_mark_out_of_bounds_is_refused_and_never_clipped(bad):
    sheet = stages.accepted(stages.in_review(1).duty())
    with pytest.raises(BadMark, match="B 服务年限与实绩"):
        scoring.submit(sheet, by=sheet.assignment.expert.user, marks=stages.marks("80", B=bad))
    sheet.refresh_from_db()
    assert (sheet.state, sheet.sealed) == ("draft", "")


def test_every_criterion_is_marked_and_no_other():
    sheet = stages.accepted(stages.in_review(1).duty())
    whole = stages.marks("80")
    for wrong in ({k: v for k, v in whole.items() if k != "F"}, {**whole, "Z": Decimal(80)}):
        with pytest.raises(BadMark):
            scoring.submit(sheet, by=sheet.assignment.expert.user, marks=wrong)


def test_a_submission_stands_on_the_ledger_by_its_commitment_and_gives_a_receipt():
    sheet = stages.submitted(stages.in_review(1).duty(), "84.5")
    sheet.refresh_from_db()
    entry = Entry.objects.get(chain=sheet.chain_key, seq=sheet.receipt_seq)
    assert entry.leaf == sheet.receipt_leaf
    assert json.loads(entry.payload)["commitment"] == sheet.commitment
    assert commitment(bytes.fromhex(sheet.salt), sheet.sealed.encode()).hex() == sheet.commitment
    assert set(sheet.content["marks"].values()) == {"84.5"}
    assert ledger.verify() == []


def test_two_equal_sheets_have_different_commitments():
    stage = stages.in_review(1)
    first, second = (stages.submitted(stage.duty(n), "80") for n in (0, 1))
    assert first.commitment != second.commitment and first.salt != second.salt


def planted():
    stage = stages.in_review(1)
    duty = stage.duty()
    sheet = stages.submitted(duty, "80", A=PLANTED, overall=SECRET)
    return stage, duty, sheet


def leaks(text):
    return PLANTED in text or SECRET in text or "\\u5bc6\\u8bed" in text


def test_the_owner_reads_the_own_marks():
    _stage, duty, sheet = planted()
    assert leaks(json.dumps(represent(sheet, duty.expert.user), ensure_ascii=False))


def test_sealed_marks_are_in_no_representation_page_or_message(client, caplog):
    stage, duty, sheet = planted()
    other = Assignment.objects.exclude(pk=duty.pk).select_related("expert__user")[0].expert.user
    officials = [
        stage.manager, stage.supervisor, *stage.reviewers, other, factories.user("leader"), factories.user("publisher"),
        factories.user("audit_admin"), factories.user("system_admin"), factories.user("security_admin"),
    ]  # fmt: skip
    pages = [
        f"/panel/{duty.pk}/", f"/panel/{duty.pk}/conflict", "/panel/", f"/office/scoring/{stage.round.code}/",
        f"/office/draw/{stage.panel.pk}/", "/office/draw/", "/office/screening/", f"/office/rounds/{stage.round.code}/",
        f"/steps/score-sheets/{sheet.pk}/void/", f"/steps/score-sheets/{sheet.pk}/submit/", "/messages/",
    ]  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        for person in officials:
            for visible in sheets_visible_to(person):
                assert not leaks(json.dumps(represent(visible, person), ensure_ascii=False))
            assert not leaks(json.dumps(represent_assignment(duty, person), ensure_ascii=False))
            for collection in collections.all_collections():
                for row in collection.visible_to(person)[:50]:
                    shown = json.dumps(collection.represent(row, person), ensure_ascii=False, default=str)
                    assert not leaks(shown), (person.roles, collection.name)
            client.force_login(person)
            for page in pages:
                answer = client.get(page)
                assert not leaks(answer.content.decode()), (person.roles, page)
    assert not leaks(caplog.text)
    client.force_login(duty.expert.user)
    assert leaks(client.get(pages[0]).content.decode())  # there is something that could leak


def test_sealed_marks_are_not_in_the_database_in_clear():
    _stage, _duty, sheet = planted()
    assert not any(leaks(e.payload) for e in Entry.objects.all())
    assert not any(leaks(m.subject + m.body) for m in Message.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("select * from selection_scoresheet")
        rows = str(cursor.fetchall())
    assert not leaks(rows) and '"80' not in rows
    assert not leaks(str(sheet)) and not leaks(repr(sheet))
    assert ScoreSheet not in admin.site._registry
    assert leaks(serializers.serialize("json", [ScoreSheet.objects.get(pk=sheet.pk)], ensure_ascii=False))


def test_the_manager_cannot_open_alone_and_the_asker_cannot_witness():
    stage = stages.in_review(1)
    stages.scored(stage, [["80", "81", "82", "83", "84"]])
    with pytest.raises(StepRefused) as refusal:
        scoring.open_scores(stage.round, by=stage.supervisor)
    assert refusal.value.code == "second_person_missing"
    asked = scoring.ask_opening(stage.round, by=stage.manager)
    with pytest.raises(NotPermitted):
        scoring.open_scores(asked, by=stage.manager)
    factories.RoleGrant.objects.create(
        user=stage.manager, role="supervisor", since=stages.SCREENING.date(), granted_by="测试"
    )
    both = type(stage.manager).objects.get(pk=stage.manager.pk)
    with pytest.raises(NotPermitted):
        scoring.open_scores(asked, by=both)
    assert not Result.objects.exists()


def test_a_missing_sheet_keeps_all_sealed():
    stage = stages.in_review(1)
    for n in range(4):
        stages.submitted(stage.duty(n), "80")
    with pytest.raises(StepRefused) as refusal:
        scoring.ask_opening(stage.round, by=stage.manager)
    assert refusal.value.code == "sheets_missing"


def test_opening_publishes_first_locks_every_sheet_and_scores_every_nominee():
    stage = stages.in_review(2)
    stages.scored(stage, [["88", "92", "75", "90", "60"], ["80", "80", "80", "80", "80"]])
    published = PublishedHead.objects.count()
    before = Entry.objects.filter(chain=stage.round.chain_key).count()
    opened = stages.opened(stage)
    assert opened.state == "deliberation"
    head = PublishedHead.objects.order_by("pk").last()
    assert PublishedHead.objects.count() == published + 1
    line = next(line for line in head.lines.splitlines() if line.startswith(stage.round.chain_key))
    assert int(line.split()[1]) == before + 1  # the asking, and nothing of the opening
    assert set(ScoreSheet.objects.values_list("state", flat=True)) == {"locked"}
    first, second = (Result.objects.get(nomination=n) for n in stage.nominations)
    assert (first.score, first.exact, first.rank, first.trimmed) == (Decimal("84.33"), "253/3", 1, True)
    assert first.dropped == ["60", "92"]
    assert (second.score, second.rank, second.order, second.tie_path) == (Decimal("80.00"), 2, 2, [])
    assert set(Nomination.objects.values_list("state", flat=True)) == {"scored"}
    assert ledger.verify() == []


def test_a_sheet_changed_behind_its_commitment_stops_the_opening():
    stage = stages.in_review(1)
    stages.scored(stage, [["80", "81", "82", "83", "84"]])
    sheet = ScoreSheet.objects.order_by("pk")[2]
    ScoreSheet.objects.filter(pk=sheet.pk).update(sealed=sheet.sealed.replace('"82.0"', '"99.0"'))
    published = PublishedHead.objects.count()
    with pytest.raises(SealBroken) as refusal:
        stages.opened(stage)
    assert sheet.assignment.expert.code in str(refusal.value)
    assert Round.objects.get(pk=stage.round.pk).state == "review"
    assert PublishedHead.objects.count() == published and not Result.objects.exists()


def test_after_the_opening_the_office_reads_and_other_experts_do_not():
    stage = stages.in_review(1)
    stages.scored(stage, [["80", "81", "82", "83", "84"]])
    stages.opened(stage)
    sheet = ScoreSheet.objects.order_by("pk")[0]
    assert represent(sheet, stage.manager)["marks"]["A"] == "80.0"
    stranger = stage.duty(1).expert.user
    assert sheet not in sheets_visible_to(stranger)
    assert represent(sheet, stranger)["marks"] is None


def test_four_sheets_are_a_plain_mean_and_flagged():
    stage = stages.in_review(1, per_nominee=4)
    stages.scored(stage, [["84", "84", "84.5", "84"]])
    stages.opened(stage)
    result = Result.objects.get()
    assert (result.score, result.flags, result.trimmed) == (Decimal("84.13"), ["not_trimmed"], False)


def test_below_the_least_number_of_sheets_there_is_no_score_to_propose():
    stage = stages.in_review(2, per_nominee=2)
    stages.scored(stage, [["90", "91"], ["80", "81"]])
    stages.opened(stage)
    for result in Result.objects.all():
        assert (result.score, result.rank, "below_min_sheets" in result.flags) == (None, None, True)
    assert set(Nomination.objects.values_list("state", flat=True)) == {"in_review"}


def test_equal_scores_are_ordered_by_the_chain_and_the_path_is_kept():
    stage = stages.in_review(3)
    stages.scored(stage, [["80"] * 5, ["80"] * 5, ["70", "80", "80", "80", "90"]])
    stages.opened(stage)
    found = {r.nomination.code: r for r in Result.objects.select_related("nomination")}
    first, second, third = (found[n.code] for n in stage.nominations)
    assert [r.rank for r in (first, second, third)] == [1, 1, 1]
    assert third.order == 3 and [p["link"] for p in third.tie_path] == ["criterion", "median", "range"]
    assert {first.order, second.order} == {1, 2}
    assert [p["link"] for p in first.tie_path] == ["criterion", "median", "range", "lot"]


def test_a_reminder_goes_to_those_with_missing_sheets_once_a_day():
    stage = stages.in_review(1)
    done = stage.duty()
    stages.submitted(done, "80")
    assert scoring.remind(stage.round, by=stage.manager) == 4
    scoring.remind(stage.round, by=stage.manager)
    told = list(Message.objects.filter(kind="scoring.reminder").values_list("recipient_id", flat=True))
    assert len(told) == len(set(told)) == 4 and str(done.expert.user_id) not in told
    with pytest.raises(NotPermitted):
        scoring.remind(stage.round, by=stage.supervisor)
