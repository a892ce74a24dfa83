"""What a nominator does with its places."""

import json
from datetime import timedelta

import pytest

from selection.actions import nomination as nominations
from selection.actions import quota as actions
from selection.errors import QuotaExceeded
from selection.queries.quota import nominees_in_order, quotas_visible_to, released_by, successors_of
from tests import factories
from workflow import clock, ledger
from workflow.errors import NotPermitted, StepRefused
from workflow.machine import open_steps
from workflow.models import Message

pytestmark = pytest.mark.django_db

REASON = "本人因工作调动放弃申报。"
OPINIONS = {"opinion": "同意推荐。", "background": "无不良记录。"}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


class Desk:
    """A city whose only place is taken, and one more dossier on its desk."""

    def __init__(self, places=1):
        self.orgs, self.round = factories.tree(), factories.round_()
        self.city = factories.user("bureau_officer", organisation=self.orgs["city"])
        factories.quota(self.round, self.orgs["city"], places)
        self.out = nominations.nominate(self.waiting(), by=self.city, rank=3, **OPINIONS)
        self.next = self.waiting()

    def waiting(self, **given):
        given = {"round": self.round, "orgs": self.orgs, "originals_checked": True, **given}
        return factories.nomination("nominator_review", **given)

    def substitute(self, **given):
        given = {"by": self.city, "successor": self.next, "reason": REASON, **OPINIONS, **given}
        return actions.substitute(self.out, **given)

    def account(self):
        row = quotas_visible_to(self.city).get()
        return (row.places, row.used, row.returned, row.left)

    def unchanged(self):
        for row in (self.out, self.next):
            row.refresh_from_db()
        return (self.out.state, self.next.state, self.account()) == (
            "nominated",
            "nominator_review",
            (1, 1, 0, 0),
        )


def test_one_nominee_takes_the_place_and_the_rank_of_another_in_one_act():
    desk = Desk()
    clerk = factories.user("unit_clerk", organisation=desk.orgs["unit"])
    done = desk.substitute()
    desk.out.refresh_from_db()
    assert (done.pk, done.state, done.rank_in_nominator) == (desk.next.pk, "nominated", 3)
    assert (desk.out.state, desk.out.place_freed, desk.out.reason) == ("withdrawn", True, REASON)
    assert desk.account() == (1, 1, 1, 0)
    [first, last] = ledger.Entry.objects.filter(chain=desk.round.chain_key).order_by("seq")[1:]
    assert [first.kind, last.kind] == ["nomination.substitute", "nomination.nominate"]
    assert json.loads(first.payload)["successor"] == desk.next.code
    told = set(Message.objects.filter(recipient_id=str(clerk.pk)).values_list("kind", flat=True))
    assert {"nomination.withdrawn", "nomination.nominated"} <= told


def test_where_the_successor_is_refused_nobody_has_moved():
    desk = Desk()
    desk.next.originals_checked = False
    desk.next.save()
    with pytest.raises(StepRefused) as refusal:
        desk.substitute()
    assert refusal.value.code == "originals_unchecked"
    assert desk.unchanged()
    assert ledger.Entry.objects.filter(chain=desk.round.chain_key).latest("seq").kind == "refused"


@pytest.mark.parametrize("which", ["another_city", "another_round", "itself", "a_nominee"])
def test_only_a_dossier_on_the_same_desk_takes_a_place(which):
    desk = Desk()
    others = {
        "another_city": lambda: factories.nomination("nominator_review", round=desk.round),
        "another_round": lambda: factories.nomination("nominator_review", orgs=desk.orgs),
        "itself": lambda: desk.out,
        "a_nominee": lambda: factories.nomination("nominated", round=desk.round),
    }
    with pytest.raises(StepRefused):
        desk.substitute(successor=others[which]())
    assert desk.unchanged()


def test_after_the_closing_nobody_is_replaced():
    desk = Desk()
    with clock.frozen(factories.CLOSES_AT), pytest.raises(StepRefused) as refusal:
        desk.substitute()
    assert refusal.value.code == "outside_window"
    with clock.frozen(factories.CLOSES_AT - timedelta(seconds=1)):
        assert desk.substitute().state == "nominated"


@pytest.mark.parametrize("role", ["unit_clerk", "county", "manager"])
def test_only_the_nominator_replaces_its_nominee(role):
    desk = Desk()
    people = {
        "unit_clerk": factories.user("unit_clerk", organisation=desk.orgs["unit"]),
        "county": factories.user("bureau_officer", organisation=desk.orgs["county"]),
        "manager": factories.user("manager"),
    }
    with pytest.raises(NotPermitted):
        desk.substitute(by=people[role])
    assert desk.unchanged()


def test_where_nobody_waits_nobody_is_replaced():
    desk = Desk()
    nominations.decline(desk.next, by=desk.city, reason="材料不符合推荐条件。")
    [step] = [step for step in open_steps(desk.out, desk.city) if step.name == "substitute"]
    assert (step.possible, step.code) == (False, "no_successor")


def test_a_replacement_needs_a_reason():
    desk = Desk()
    with pytest.raises(StepRefused) as refusal:
        desk.substitute(reason=" ")
    assert refusal.value.code == "reason_required"


def test_the_place_goes_to_nobody_else_in_between():
    desk = Desk()
    third = desk.waiting()
    desk.substitute()
    with pytest.raises(QuotaExceeded):
        nominations.nominate(third, by=desk.city, rank=9, **OPINIONS)


def test_successors_are_those_who_wait_at_the_same_desk():
    desk = Desk()
    factories.nomination("nominator_review", round=desk.round)
    factories.nomination("county_review", round=desk.round, orgs=desk.orgs)
    assert list(successors_of(desk.out)) == [desk.next]


def test_the_account_of_a_round_lists_who_holds_a_place_and_whose_came_back():
    desk = Desk()
    desk.substitute()
    quota = quotas_visible_to(desk.city).get()
    assert list(nominees_in_order(quota)) == [desk.next]
    assert list(released_by(quota)) == [desk.out]


# Originals -----------------------------------------------------------------------------------------------------------

NEEDED = ["id", "certificate", "practice", "unit_notice"]


def at_county():
    row = factories.nomination("county_review")
    return row, factories.user("bureau_officer", organisation=row.county)


def test_the_county_writes_down_which_originals_it_has_seen():
    row, officer = at_county()
    seen = ["award", *NEEDED]
    done = nominations.endorse(row, by=officer, opinion="同意上报。", originals=seen)
    assert (done.originals_checked, done.originals) == (True, {"county": [*NEEDED, "award"]})
    assert '"originals":["id","certificate","practice","unit_notice","award"]' in (
        ledger.entries_of(done).get().payload
    )


def test_what_was_not_seen_is_named():
    row, officer = at_county()
    with pytest.raises(StepRefused, match="从业证明、单位公示证明") as refusal:
        nominations.endorse(row, by=officer, opinion="同意上报。", originals=["id", "certificate"])
    assert refusal.value.code == "originals_unchecked"


def test_an_unknown_paper_is_refused():
    row, officer = at_county()
    with pytest.raises(StepRefused) as refusal:
        nominations.endorse(row, by=officer, opinion="同意上报。", originals=[*NEEDED, "letter"])
    assert refusal.value.code == "no_such_original"


def test_what_the_county_has_seen_the_city_need_not_see_again():
    row, county = at_county()
    factories.quota(row.round, row.nominator, 1)
    city = factories.user("bureau_officer", organisation=row.nominator)
    sent = nominations.endorse(row, by=county, opinion="同意上报。", originals=NEEDED)
    done = nominations.nominate(sent, by=city, rank=1, **OPINIONS)
    assert (done.state, done.originals) == ("nominated", {"county": NEEDED})


def test_a_dossier_sent_again_has_its_originals_checked_again():
    row, officer = at_county()
    sent = nominations.endorse(row, by=officer, opinion="同意上报。", originals=NEEDED)
    city = factories.user("bureau_officer", organisation=row.nominator)
    back = nominations.return_for_completion(
        sent, by=city, requests=[{"field": "summary", "reason": "过短，请补充"}]
    )
    clerk = factories.user("unit_clerk", organisation=row.unit)
    again = nominations.submit(back, by=clerk)
    assert (again.originals_checked, again.originals) == (False, {})
