from __future__ import annotations

import pytest

from selection.actions.deliberation import pass_over, propose, propose_list
from selection.errors import CeilingReached, DeviationUnexplained, ListMismatch
from selection.models import Nomination, Proposal
from selection.queries.deliberation import choices
from tests.factories import office, scored_round
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Entry

pytestmark = pytest.mark.django_db
REASON = "会议纪要载明其本年度受党纪处分，不宜列入。"


def states(people: list[Nomination]) -> list[str]:
    return [Nomination.objects.get(pk=n.pk).state for n in people]


def suggested(round_: object) -> list[int]:
    return [c.nomination.pk for c in choices(round_) if c.suggested]  # type: ignore[arg-type]


def test_the_ranking_within_ceiling_and_line_is_proposed_without_reasons() -> None:
    round_, people = scored_round(["90.00", "80.00", "76.00", "74.99"], ceiling=2)
    propose_list(
        round_, by=office()["leader"], minute_number="〔2026〕12号", chosen=suggested(round_), deviations={}
    )
    assert states(people) == ["proposed", "proposed", "not_selected", "not_selected"]
    assert [n.reason for n in Nomination.objects.order_by("pk")][2:] == [
        "名次在认定上限之外",
        "得分低于入选分数线",
    ]
    assert Proposal.objects.get().minute_number == "〔2026〕12号"
    assert Entry.objects.filter(kind="proposal.fixed").count() == 1


def test_a_tie_at_the_last_place_never_exceeds_the_ceiling() -> None:
    round_, people = scored_round(["90.00"] + ["80.00"] * 3, ceiling=2)
    assert suggested(round_) == [people[0].pk, people[1].pk]
    everyone = [n.pk for n in people]
    with pytest.raises(CeilingReached):
        propose_list(
            round_,
            by=office()["leader"],
            minute_number="1",
            chosen=everyone,
            deviations=dict.fromkeys(everyone, REASON),
        )
    assert states(people) == ["scored"] * 4


def test_a_departure_from_the_ranking_needs_a_reason_for_each_name() -> None:
    round_, people = scored_round(["90.00", "80.00", "76.00"], ceiling=2)
    leader, chosen = office()["leader"], [people[0].pk, people[2].pk]
    with pytest.raises(DeviationUnexplained, match="人选02号、人选03号"):
        propose_list(round_, by=leader, minute_number="1", chosen=chosen, deviations={})
    reasons = {people[1].pk: REASON, people[2].pk: "前一名不列入，依次递补，纪要第3条。"}
    propose_list(round_, by=leader, minute_number="1", chosen=chosen, deviations=reasons)
    assert states(people) == ["proposed", "not_selected", "proposed"]
    assert Nomination.objects.get(pk=people[2].pk).deviation_reason.startswith("前一名")


def test_nobody_below_the_line_is_proposed_whatever_the_reason() -> None:
    round_, people = scored_round(["90.00", "74.99"])
    both = [n.pk for n in people]
    with pytest.raises(StepRefused, match="分数线"):
        propose_list(
            round_, by=office()["leader"], minute_number="1", chosen=both, deviations={people[1].pk: REASON}
        )
    assert states(people) == ["scored", "scored"] and not Proposal.objects.exists()


def test_an_empty_or_foreign_list_is_refused() -> None:
    round_, _people = scored_round(["90.00"])
    _other, strangers = scored_round(["90.00"])
    for chosen in ([], [strangers[0].pk]):
        with pytest.raises(ListMismatch):
            propose_list(round_, by=office()["leader"], minute_number="1", chosen=chosen, deviations={})


def test_only_the_leader_fixes_the_list_and_only_once() -> None:
    round_, _people = scored_round(["90.00"])
    who = office()
    chosen = suggested(round_)
    with pytest.raises(NotPermitted):
        propose_list(round_, by=who["manager"], minute_number="1", chosen=chosen, deviations={})
    propose_list(round_, by=who["leader"], minute_number="1", chosen=chosen, deviations={})
    with pytest.raises(ListMismatch):
        propose_list(round_, by=who["leader"], minute_number="1", chosen=chosen, deviations={})
    assert Entry.objects.filter(kind="refused").count() == 2


def test_single_steps_keep_the_same_rules() -> None:
    round_, people = scored_round(["90.00", "80.00"], ceiling=1)
    leader = office()["leader"]
    with pytest.raises(DeviationUnexplained):
        propose(people[1], by=leader, minute_number="1")
    with pytest.raises(DeviationUnexplained):
        pass_over(people[0], by=leader, reason_class="meeting")
    propose(people[0], by=leader, minute_number="1")
    pass_over(people[1], by=leader, reason_class="no_place")
    assert states(people) == ["proposed", "not_selected"] and round_.proposals.count() == 1
