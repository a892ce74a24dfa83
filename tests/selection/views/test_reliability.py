"""The reliability report: beside the ranking, never deciding; the minutes answer where it doubts the list."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from selection.actions.deliberation import propose, propose_list
from selection.errors import DeviationUnexplained
from selection.models import Assignment, Panel, Panelist, Proposal, Result, Round, ScoreSheet
from selection.queries.deliberation import choices
from selection.queries.reliability import report_of
from tests import factories
from tests.remembered import remembered
from workflow.models import Entry
from workflow.rules.chain import canonical

pytestmark = pytest.mark.django_db

CODES = "ABCDEF"
NOTE = "会议复看了有关评分表，一致同意按正式名次确定名单"


@remembered
def opened(totals: dict[int, dict[int, float]], *, state: str = "deliberation", ceiling: int = 3) -> Round:
    """A round whose sheets were opened: nominee to expert to the mark given throughout. Scores are plain means."""
    row = factories.round_(state, rules=factories.rulebook(ceiling=ceiling, pass_line="0.00"))
    panel = Panel.objects.create(round=row, state="drawn", seed="0" * 64)
    experts = {e: factories.expert() for e in sorted({e for on in totals.values() for e in on})}
    for number, expert in enumerate(experts.values(), start=1):
        Panelist.objects.create(panel=panel, expert=expert, stratum="scholar", position=number, number=number)
    means = {n: np.mean(list(on.values())) for n, on in totals.items()}
    orgs = factories.tree()
    for place, n in enumerate(sorted(means, key=lambda n: -means[n]), start=1):
        nomination = factories.nomination(
            "scored", round=row, orgs=orgs, nominee=factories.nominee(f"人选{n}号")
        )
        factories.result(nomination, f"{means[n]:.2f}", order=place, rank=place)
        for e, total in totals[n].items():
            duty = Assignment.objects.create(
                round=row, nomination=nomination, expert=experts[e], state="accepted"
            )
            content = {"marks": dict.fromkeys(CODES, f"{total:.1f}"), "comments": {}, "overall": ""}
            ScoreSheet.objects.create(assignment=duty, state="locked", sealed=canonical(content).decode())
    return row


def sure(nominees: int = 8, experts: int = 6) -> dict[int, dict[int, float]]:
    """Nominees so far apart that nothing is in doubt; four experts each."""
    randomly = np.random.default_rng(4)
    return {
        n: {e % experts: round(95 - 5 * n + float(randomly.normal(0, 0.6)), 1) for e in range(n, n + 4)}
        for n in range(nominees)
    }


def lenient() -> dict[int, dict[int, float]]:
    """The fourth has only the kind experts: the order without their kindness is another."""
    found = sure()
    kindness = {0: 9.0, 1: 9.0, 2: 0.0, 3: 0.0, 4: -9.0, 5: -9.0}
    found = {n: {e: 80 - 1.5 * n + kindness[e] for e in on} for n, on in found.items()}
    return {
        n: {e: round(v + 0.2 * ((n * 3 + e * 5) % 4), 1) for e, v in on.items()} for n, on in found.items()
    }


def page(client: Client, row: Round, role: str) -> str:
    client.force_login(factories.user(role, organisation=factories.organisation("province")))
    answer = client.get(reverse("reliability", args=[row.code]))
    assert answer.status_code == 200
    return answer.content.decode()


def leader() -> User:
    return factories.user("leader", organisation=factories.organisation("province"))


def suggested(row: Round) -> set[int]:
    return {c.nomination.pk for c in choices(row) if c.suggested}


@pytest.mark.parametrize("role", ["manager", "leader", "supervisor", "audit_admin"])
def test_who_reads_the_ranking_reads_the_report(client: Client, role: str) -> None:
    text = page(client, opened(sure()), role)
    assert "除去专家宽严之后名单不变" in text
    assert text.count('<svg class="lx-dot"') == 8 + 8 + 6  # strips, intervals, experts


@pytest.mark.parametrize(
    "role", ["expert", "unit_clerk", "bureau_officer", "reviewer", "publisher", "system_admin"]
)
def test_nobody_else_does(client: Client, role: str) -> None:
    row = opened(sure())
    client.force_login(factories.user(role, organisation=factories.organisation("province")))
    assert client.get(reverse("reliability", args=[row.code])).status_code == 404


def test_there_is_no_report_before_the_opening(client: Client) -> None:
    row = opened(sure(), state="review")
    client.force_login(factories.user("supervisor", organisation=factories.organisation("province")))
    assert client.get(reverse("reliability", args=[row.code])).status_code == 404


def test_experts_stand_under_their_numbers_alone(client: Client) -> None:
    row = opened(sure())
    text = page(client, row, "supervisor")
    names = [seat.expert.name for seat in Panelist.objects.select_related("expert")]
    assert ("3号专家" in text, [name for name in names if name in text]) == (True, [])


def test_a_sheet_far_off_is_worth_another_look_and_no_more(client: Client) -> None:
    totals = sure()
    totals[2][5] = totals[2][4] - 18
    text = page(client, opened(totals), "manager")
    assert "请再看一遍" in text
    assert [word for word in ("串通", "合谋", "作弊", "良好", "优秀", "较差") if word in text] == []


def test_signs_are_for_the_supervisor_alone(client: Client) -> None:
    totals = sure()
    totals[2][5] = totals[2][4] - 18
    row = opened(totals)
    words = "一份评分表与该人选的中位数相差超过15分"
    assert words in page(client, row, "supervisor")
    for role in ("manager", "leader", "audit_admin"):
        assert words not in page(client, row, role)
    assert report_of(row).signals == []


def test_too_little_is_said_to_be_too_little(client: Client) -> None:
    text = page(client, opened(sure(4)), "manager")
    assert "数据不足：人选少于5人" in text
    assert "区间来自" not in text
    assert report_of(opened({n: dict.fromkeys(range(4), 80.0) for n in range(6)})).why == "no_variance"


def test_parts_that_share_no_expert_are_not_compared(client: Client) -> None:
    totals = {n: {e: 80.0 - n + e % 3 for e in (range(3) if n < 4 else range(3, 6))} for n in range(8)}
    assert "互不相交" in page(client, opened(totals), "manager")


def test_where_everybody_scored_everybody_no_other_list_is_made(client: Client) -> None:
    totals = {n: {e: 90.0 - 4 * n + (n * e) % 3 for e in range(5)} for n in range(7)}
    row = opened(totals)
    assert "本轮人人评人人" in page(client, row, "manager")
    assert report_of(row).differing == []


def test_the_ranking_is_the_same_with_the_report_and_without(client: Client) -> None:
    row = opened(lenient())
    before = list(Result.objects.order_by("pk").values()), Entry.objects.count(), list(suggested(row))
    page(client, row, "supervisor")
    page(client, row, "manager")
    assert (
        list(Result.objects.order_by("pk").values()),
        Entry.objects.count(),
        list(suggested(row)),
    ) == before


def test_the_report_asks_as_much_of_the_database_for_twelve_as_for_six(client: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for nominees in (6, 12):
        row = opened(sure(nominees, 6))
        page(client, row, "supervisor")
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("reliability", args=[row.code]))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20


# The minutes -----------------------------------------------------------------------------------------------------------


def test_the_list_without_the_kindness_of_experts_is_another() -> None:
    report = report_of(opened(lenient()))
    assert report.asks_reason
    assert [row.in_official for row in report.differing].count(True) == [
        r.in_adjusted for r in report.differing
    ].count(True)
    assert {row.number: (row.leniency or 0) > 3 for row in report.experts}[1]


def test_a_doubted_list_needs_a_word_in_the_minutes() -> None:
    row, by = opened(lenient()), leader()
    given: dict[str, Any] = {
        "by": by,
        "minute_number": "〔2026〕12号",
        "chosen": suggested(row),
        "deviations": {},
    }
    for note in ("", "同意"):
        with pytest.raises(DeviationUnexplained) as refused:
            propose_list(row, note=note, **given)
        assert refused.value.code == "uncertainty_unexplained"
    propose_list(row, note=NOTE, **given)
    assert Proposal.objects.get().note == NOTE
    assert json.loads(Entry.objects.get(kind="proposal.fixed").payload)["note"] == NOTE


def test_the_word_does_not_change_who_is_proposed() -> None:
    row = opened(lenient())
    official = suggested(row)
    propose_list(row, by=leader(), minute_number="1", chosen=official, deviations={}, note=NOTE)
    assert set(row.nominations.filter(state="proposed").values_list("pk", flat=True)) == official


def test_a_list_that_nobody_doubts_needs_none() -> None:
    row = opened(sure())
    propose_list(row, by=leader(), minute_number="1", chosen=suggested(row), deviations={})
    assert Proposal.objects.get().note == ""


def test_the_first_of_single_proposals_needs_the_word_too() -> None:
    row, by = opened(lenient()), leader()
    first, second = (c.nomination for c in choices(row) if c.suggested and c.result.rank in (1, 2))
    with pytest.raises(DeviationUnexplained):
        propose(first, by=by, minute_number="1")
    propose(first, by=by, minute_number="1", note=NOTE)
    assert propose(second, by=by, minute_number="1").state == "proposed"


def test_the_page_of_the_list_asks_for_the_word_where_it_is_needed(client: Client) -> None:
    row = opened(lenient())
    client.force_login(leader())
    address = reverse("proposal", args=[row.code])
    assert "对可靠性报告的说明" in client.get(address).content.decode()
    chosen = {f"chosen_{pk}": "on" for pk in suggested(row)}
    refused = client.post(address, {"minute_number": "1", **chosen})
    assert (refused.status_code, "不少于10个字" in refused.content.decode()) == (422, True)
    assert client.post(address, {"minute_number": "1", "note": NOTE, **chosen}).status_code == 302
