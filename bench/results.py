"""The results of a round of five hundred: calculated, every result sheet read back, the table and the paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from bench.figure import Figure, milliseconds

NOMINEES = 500
SHEETS = 5
CODES = "ABCDEF"


def figures() -> Iterator[Figure]:
    """What the office waits for after an opening."""
    from selection.actions.result import compute
    from selection.documents.result import HEAD, rows_of
    from selection.documents.result_form import round_form
    from selection.documents.table import csv_lines
    from selection.models import Nomination
    from selection.queries.result_record import record_of
    from workflow import clock
    from workflow.documents.pdf import pdf_of

    round_ = _scored()
    ranking = milliseconds(lambda: compute(round_))
    Nomination.objects.filter(round=round_).update(state="scored")
    record = record_of(round_)
    sheets = milliseconds(lambda: record_of(round_))
    table = milliseconds(lambda: b"".join(csv_lines(HEAD, rows_of(record))))
    paper = milliseconds(lambda: pdf_of(round_form(record, at=clock.now()), at=clock.now()))
    yield Figure("results_500_ranking", round(ranking), "ms")
    yield Figure("results_500_sheets", round(sheets), "ms")
    yield Figure("results_500_csv", round(table), "ms")
    yield Figure("results_500_ranking_and_sheets", round(ranking + sheets + table), "ms")
    yield Figure("results_500_pdf", round(paper), "ms")


def _scored() -> Any:
    """A round whose sheets were opened."""
    from selection.models import Assignment, Nomination, Panel, Panelist, ScoreSheet
    from tests import factories

    random = Random(500)
    row, orgs = (
        factories.round_(
            "deliberation", rules=factories.rulebook(reference_date=date(2026, 10, 10).isoformat())
        ),
        factories.tree(),
    )
    panel = Panel.objects.create(round=row, state="drawn", seed="ab" * 32)
    experts = [factories.expert() for _n in range(30)]
    Panelist.objects.bulk_create(
        Panelist(panel=panel, expert=e, stratum="scholar", position=n, number=n)
        for n, e in enumerate(experts, start=1)
    )
    people = [
        factories.nomination(
            "in_review", round=row, orgs=orgs, posts=[], intervals=[], service_records=[], budget_lines=[]
        )
        for _n in range(NOMINEES)
    ]
    duties = Assignment.objects.bulk_create(
        Assignment(round=row, nomination=n, expert=e, state="accepted")
        for n in people
        for e in random.sample(experts, SHEETS)
    )
    ScoreSheet.objects.bulk_create(
        ScoreSheet(
            assignment=duty, state="locked",
            sealed=json.dumps({"marks": {c: str(random.randint(140, 190) / 2) for c in CODES}, "comments": {}, "overall": ""}),
        )
        for duty in duties
    )  # fmt: skip
    return Nomination.objects.filter(round=row)[0].round
