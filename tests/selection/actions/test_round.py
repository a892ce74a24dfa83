"""A round is drafted, announced under its rules, closed by the clock and, if need be, cancelled."""

from datetime import timedelta

import pytest

from selection.actions import round as actions
from selection.models import Round
from tests import factories
from workflow import clock, ledger
from workflow.actor import SYSTEM
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


PAPERS = {"title": "第二批", "organiser": "浙江省民政厅", "document_prefix": "浙民慈", "call": "现启动申报。"}


def drafted(**rules):
    orgs = factories.tree()
    content = factories.rulebook(quotas={orgs["city"].code: 3}, **rules)
    return factories.round_("draft", rules=content), orgs


def test_a_new_round_starts_from_the_default_rules():
    round_ = actions.create(by=factories.user("manager"), code="2026", **PAPERS)
    assert (round_.state, round_.rulebook_version.content["ceiling"]) == ("draft", 20)
    assert [fault.field for fault in round_.rulebook_faults] == ["opens_at", "closes_at", "reference_date"]
    assert [e.kind for e in ledger.entries_of(round_)] == ["round.create"]


@pytest.mark.parametrize("role", ["leader", "bureau_officer", "supervisor", "system_admin"])
def test_only_a_manager_makes_a_round(role):
    with pytest.raises(NotPermitted):
        actions.create(by=factories.user(role), code="2026", **PAPERS)
    assert not Round.objects.exists()


def test_a_code_is_used_once():
    manager = factories.user("manager")
    actions.create(by=manager, code="2026", **PAPERS)
    with pytest.raises(StepRefused) as refusal:
        actions.create(by=manager, code="2026", **PAPERS)
    assert refusal.value.code == "code_taken"


def test_an_announcement_freezes_the_rules_gives_the_places_and_tells_whom_it_concerns():
    round_, orgs = drafted()
    officer = factories.user("bureau_officer", organisation=orgs["county"])
    clerk = factories.user("unit_clerk", organisation=orgs["unit"])
    factories.user("unit_clerk", organisation=factories.organisation("employer"))
    digest = round_.rulebook.digest()
    opened = actions.announce(round_, by=factories.user("manager"))
    version = opened.rulebook_versions.get()
    assert (opened.state, opened.closes_at) == ("open", factories.CLOSES_AT)
    assert (version.digest, version.frozen_at) == (digest, factories.NOON)
    assert list(opened.quotas.values_list("nominator", "places")) == [(orgs["city"].pk, 3)]
    told = Message.objects.filter(kind="round.announced").values_list("recipient_name", flat=True)
    assert sorted(told) == sorted([officer.name, clerk.name])


def test_unfinished_rules_are_not_announced():
    round_, _orgs = drafted(pass_line="101.00")
    with pytest.raises(StepRefused) as refusal:
        actions.announce(round_, by=factories.user("manager"))
    assert refusal.value.code == "rulebook_incomplete"
    assert not round_.quotas.exists()


def test_rules_whose_dates_are_missing_are_not_announced():
    round_ = actions.create(by=factories.user("manager"), code="2026", **PAPERS)
    with pytest.raises(StepRefused) as refusal:
        actions.announce(round_, by=factories.user("manager"))
    assert refusal.value.code == "rulebook_incomplete"


def test_a_quota_for_an_unknown_office_is_refused_whole():
    round_ = factories.round_("draft", rules=factories.rulebook(quotas={"999999": 1}))
    with pytest.raises(actions.RulebookIncomplete, match="999999"):
        actions.announce(round_, by=factories.user("manager"))
    round_ = Round.objects.get(pk=round_.pk)
    assert (round_.state, round_.rulebook_version.frozen_at) == ("draft", None)


def test_a_round_whose_closing_is_past_is_not_announced():
    round_, _orgs = drafted()
    with clock.frozen(factories.CLOSES_AT), pytest.raises(StepRefused) as refusal:
        actions.announce(round_, by=factories.user("manager"))
    assert refusal.value.code == "closing_passed"


def test_frozen_rules_are_not_saved_over():
    round_, _orgs = drafted()
    manager = factories.user("manager")
    actions.announce(round_, by=manager)
    with pytest.raises(StepRefused):
        actions.save_rulebook(round_, by=manager, content=factories.rulebook(ceiling=99))
    assert Round.objects.get(pk=round_.pk).rulebook.ceiling == 20


def test_rules_in_draft_are_kept_unfinished():
    round_, _orgs = drafted()
    saved = actions.save_rulebook(round_, by=factories.user("manager"), content={"ceiling": 12})
    assert saved.content == {"ceiling": 12}


def test_a_manager_does_not_close_early():
    round_ = factories.round_()
    with clock.frozen(factories.CLOSES_AT - timedelta(seconds=1)), pytest.raises(StepRefused) as refusal:
        actions.close(round_, by=factories.user("manager"))
    assert refusal.value.code == "too_early"


def test_the_sweep_closes_what_is_due_once():
    due, later = factories.round_(), factories.round_(closes_at=factories.CLOSES_AT + timedelta(hours=1))
    with clock.frozen(factories.CLOSES_AT):
        assert (actions.close_due_rounds(), actions.close_due_rounds()) == (1, 0)
    states = dict(Round.objects.values_list("pk", "state"))
    assert (states[due.pk], states[later.pk]) == ("screening", "open")
    assert ledger.entries_of(due).get().actor_name == SYSTEM.name


def test_a_cancelled_round_takes_nothing_and_says_so_to_whom_it_was_announced():
    round_, orgs = drafted()
    officer = factories.user("bureau_officer", organisation=orgs["city"])
    opened = actions.announce(round_, by=factories.user("manager"))
    gone = actions.cancel(opened, by=factories.user("leader"), reason="政策调整，本轮终止。")
    assert gone.state == "cancelled"
    letter = Message.objects.get(kind="round.cancelled")
    assert (letter.recipient_name, "政策调整" in letter.body) == (officer.name, True)


def test_a_published_round_whose_record_is_out_is_archived():
    row = factories.round_("published")
    factories.record_export(row)
    assert actions.archive(row, by=factories.user("manager")).state == "archived"


def test_a_round_made_and_announced_by_its_actions_knows_its_frozen_rules():
    manager = factories.user("manager")
    city = factories.organisation("city")
    round_ = actions.create(by=manager, code="2026", **PAPERS)
    actions.save_rulebook(round_, by=manager, content=factories.rulebook(quotas={city.code: 1}))
    opened = actions.announce(Round.objects.get(), by=manager)
    for seen in (opened, Round.objects.get()):
        assert seen.rulebook_version.digest == seen.rulebook.digest()
        assert seen.rulebook_version.frozen_at == factories.NOON
    assert ledger.entries_of(opened).last().rules_version == "2026/v1"
