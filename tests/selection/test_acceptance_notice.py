"""The acceptance scenarios of the public notice: when it may be decided, when an objection is one, whom it holds, what
blocks the posting. Scenario 22, which ends in the studio's money, is in tests/studios/test_acceptance.py."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from selection import tasks
from selection.actions import determination
from selection.actions import objection as objections
from selection.models import Determination, Objection, Recognition
from selection.queries.determination import to_recognise
from tests import factories
from tests.selection.actions.test_notice import composed, posted, proposed_round
from tests.selection.actions.test_notice_more import hiding_xlsx
from tests.selection.views.test_objection import form
from tests.selection.ways import WAYS, Way
from workflow import clock

pytestmark = pytest.mark.django_db
POSTED = datetime(2026, 9, 29, 9, 0, tzinfo=clock.ZONE)
OVER = datetime(
    2026, 10, 13, tzinfo=clock.ZONE
)  # five working days: 30 September, 8, 9, 10 (made up), 12 October
SECOND = timedelta(seconds=1)
DRAFT: dict[str, Any] = {"serial": 5, "title": "关于公布名单的通知", "minute_number": "纪要"}


def state(obj: Any) -> str:
    return str(type(obj).objects.get(pk=obj.pk).state)


def sweep() -> None:
    """Everything the timetable does."""
    for job in tasks.SWEEPS:
        job()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("early", [True, False])
def test_10_five_working_days_from_29_september_end_on_13_october_at_midnight(early: bool, way: Way) -> None:
    made, people, who = posted(1, POSTED)
    assert made.ends_at == OVER
    with clock.frozen(OVER - SECOND if early else OVER):
        if not early:
            sweep()
        decision = Determination.objects.create(
            round=made.round, document_number="浙民慈〔2026〕5号", title="通知", minute_number="纪要"
        )
        said = way(who["leader"], "determinations", decision, "confirm", {})
    assert (said == "", state(decision)) == ((False, "drafted") if early else (True, "confirmed"))
    assert state(people[0]) == ("on_notice" if early else "recognised")


@pytest.mark.parametrize(
    ("at", "kind", "held"),
    [(OVER - SECOND, "real_name", True), (OVER, "complaint", False)],
    ids=["23:59:59", "00:00:00"],
)
def test_11_the_last_second_is_an_objection_and_the_next_a_complaint(
    client: Client, at: datetime, kind: str, held: bool
) -> None:
    made, people, _who = posted(1, POSTED)
    with clock.frozen(at):
        assert client.post(reverse("objection_new"), form(made)).status_code == 200
    said = Objection.objects.get()
    assert (said.kind, said.lodged_at) == (kind, at)
    with clock.frozen(OVER):
        sweep()
    assert state(people[0]) == ("on_notice" if held else "cleared")
    assert [n.pk for n in to_recognise(made.round)] == ([] if held else [people[0].pk])


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_12_an_objection_holds_one_and_no_page_of_theirs_says_who_objected(way: Way) -> None:
    made, people, who = posted(3, POSTED)
    held, *others = people
    with clock.frozen(OVER - timedelta(days=1)):
        said = objections.lodge(
            made.entries.get(nomination=held), by=factories.user("publisher"), kind="real_name", name="举报甲",
            contact="0571-12345678", facts="任职年限不实。",
        )  # fmt: skip
        pair = [factories.user("reviewer"), factories.user("reviewer")]
        objections.admit(said, by=who["manager"], investigators=pair, neutral_issue="任职年限需要核实。")
    with clock.frozen(OVER):
        sweep()
        decision = determination.draft(made.round, by=who["manager"], **DRAFT)
        assert way(who["leader"], "determinations", decision, "confirm", {}) == ""
        assert way(who["manager"], "nominations", held, "clear", {}) != ""
        assert (state(held), [state(other) for other in others]) == ("on_notice", ["recognised"] * 2)
        assert set(Recognition.objects.values_list("nomination", flat=True)) == {n.pk for n in others}
        clerk = factories.user("unit_clerk", organisation=held.unit)
        for page in ("nomination_detail", "objection_issue"):
            shown = seen(clerk, reverse(page, args=[held.pk if page == "nomination_detail" else said.pk]))
            assert "任职年限需要核实" in shown
            assert not [word for word in ("举报甲", "0571-12345678", "任职年限不实") if word in shown]


def seen(person: Any, address: str) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_13_an_identity_number_in_a_hidden_column_blocks_the_posting(way: Way) -> None:
    row, people, who = proposed_round(1)
    made = composed(row, who)
    office = Client()
    office.force_login(who["manager"])
    file = SimpleUploadedFile("名单.xlsx", hiding_xlsx())
    office.post(reverse("notice_files", args=[made.pk]), {"files": [file]})
    with clock.frozen(POSTED):
        way(who["publisher"], "notices", made, "scan", {})
        assert way(who["publisher"], "notices", made, "post", {}) != ""
        assert "隐藏列 D 第7行" in seen(who["publisher"], reverse("office_notice", args=[made.pk]))
        assert Client().get(reverse("notice_public", args=[made.number])).status_code == 404
    assert (state(made), state(people[0])) == ("scanned", "proposed")
