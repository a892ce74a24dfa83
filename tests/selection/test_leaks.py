"""What was said in confidence, and scores before the opening, are found in no answer to anybody else, in any format.

One world serves all: a round whose sheets are in, two of them drafts, and another whose notice met an objection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from PIL import Image
from pytest_django import DjangoDbBlocker

from accounts.models import User
from accounts.roles import Role
from selection.actions import evidence, objection_case, scoring
from selection.actions import objection as actions
from selection.models import Assignment, Nomination, Objection, ScoreSheet
from selection.rules.rulebook import Rulebook
from selection.rules.scoring import panel_score, round_half_up, sheet_total
from tests import factories
from tests.crawl import Rows, answers, plain_addresses, walk
from tests.selection.stage import LATER, REVIEW, Stage, accepted, in_review, marks, opened
from workflow import clock
from workflow.actor import PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.once]
IDENTITY = ("举报人暗号甲", "0571-73519846")
MATERIAL = ("事实暗号乙", "补充暗号丙", "文件名暗号丁", "结论草稿暗号戊", "谈话暗号己")
AT = factories.NOON + timedelta(days=1)
SHEETS = 10  # two nominees, five experts each
DRAFTS = 2  # sheets that are not handed in
OF_SCORES = (  # where a score is to be seen, once it may be
    *("home", "todo", "messages", "panel/", "calls/", "results/", "ballots/", "nominations/"),
    *(
        "office/scoring",
        "office/results",
        "office/draw",
        "office/proposal",
        "office/records",
        "office/ledger",
    ),
    *("api/v1/score", "api/v1/nominations", "api/v1/assignments", "api/v1/rounds", "api/v1/ledger"),
)
# What an address of a list may ask for: the orders that there are, and those that somebody might try.
ASKED = (
    *(f"sort={name}" for name in ("code", "-rank", "state", "score", "-total", "sealed", "A")),
    *("ordering=-sheet__sealed", "order_by=result__score", "o=-1.2.3", "q=评语暗号07", "q=68.5"),
)


# The world -----------------------------------------------------------------------------------------------------------


@dataclass
class World:
    """Who reads, and what is planted."""

    stage: Stage
    said: Objection
    people: dict[str, User | None]
    words: dict[int, set[str]] = field(default_factory=dict)  # of an expert's account
    means: set[str] = field(default_factory=set)

    @property
    def scores(self) -> set[str]:
        """Every mark, total, mean and comment."""
        return self.means.union(*self.words.values())

    def of_others(self, person: User | None) -> list[str]:
        """Those but what this person wrote."""
        return sorted(self.scores - self.words.get(person.pk if person else 0, set()))

    @property
    def case(self) -> list[str]:
        """Every word of the objection."""
        return [*IDENTITY, *MATERIAL, self.said.code]

    @property
    def rows(self) -> Rows:
        """Which rows are asked for: those that planted words belong to."""
        scored, blamed = self.stage.nominations[0], self.said.nomination
        sheet = ScoreSheet.objects.order_by("pk")[0]
        return {
            "selection.Nomination": [scored.pk, blamed.pk],
            "selection.Round": [scored.round_id, blamed.round_id],
            "selection.Assignment": [sheet.assignment_id],
            "selection.ScoreSheet": [sheet.pk],
            "selection.Expert": [sheet.assignment.expert_id],
            "accounts.User": [sheet.assignment.expert.user_id],
        }


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once: a walk changes nothing that lasts."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made()
        transaction.set_rollback(True)


@pytest.fixture
def later(world: World, db: None) -> Iterator[World]:
    """The world three days into the review; what a test does to it is undone."""
    with clock.frozen(LATER):
        yield world


def made() -> World:
    stage = in_review(2)
    with clock.frozen(AT):
        found = blamed(stage)
    with clock.frozen(REVIEW):
        for n, duty in enumerate(duties(stage)):
            filled(duty, n)
            found.words.setdefault(writer(duty).pk, set()).update(words_of(duty, n))
    for nomination in stage.nominations:
        score = panel_score(
            [total(n) for n, duty in enumerate(duties(stage)) if duty.nomination == nomination]
        )
        assert score.value is not None
        found.means.add(f"{score.value.normalize():f}")
    first, second = list(User.objects.filter(pk__in=found.words).order_by("pk")[:2])
    found.people |= {"first_expert": first, "second_expert": second, "public": None}
    return found


# Scores --------------------------------------------------------------------------------------------------------------


def duties(stage: Stage) -> list[Assignment]:
    rows = Assignment.objects.filter(round=stage.round).select_related("expert__user", "nomination")
    return list(rows.order_by("pk"))


def writer(duty: Assignment) -> User:
    assert duty.expert.user is not None
    return duty.expert.user


def marks_of(n: int) -> dict[str, Decimal]:
    """Marks that no other sheet has."""
    return marks(Decimal("61.5") + n, A=str(Decimal("74.5") + n))


def total(n: int) -> Any:
    return sheet_total(marks_of(n), Rulebook.from_dict(factories.rulebook()).weights)


def filled(duty: Assignment, n: int) -> None:
    """Handed in, but the last ones, which lie there as drafts."""
    sheet, person, said = accepted(duty), writer(duty), {"A": f"评语暗号{n:02d}"}
    if n < SHEETS - DRAFTS:
        scoring.submit(sheet, by=person, marks=marks_of(n), comments=said, overall=f"总评暗号{n:02d}")
        return
    typed = {code: str(mark) for code, mark in marks_of(n).items()}
    scoring.save_draft(
        sheet, by=person, marks=typed, comments=said, overall=f"总评暗号{n:02d}", revision=sheet.revision
    )


def words_of(duty: Assignment, n: int) -> set[str]:
    found = {*marks_of(n).values(), round_half_up(total(n))}
    return {f"评语暗号{n:02d}", f"总评暗号{n:02d}", *(f"{mark.normalize():f}" for mark in found)}


def other_marks(keep: User | None) -> None:
    """Every sheet but this expert's says something else, the best what the worst said; nothing else is touched."""
    for n, sheet in enumerate(ScoreSheet.objects.select_related("assignment__expert").order_by("-pk")):
        if keep is not None and sheet.assignment.expert.user_id == keep.pk:
            continue
        said = {
            **sheet.content,
            "marks": {c: str(m - 30) for c, m in marks_of(n).items()},
            "overall": f"另评{n}",
        }
        ScoreSheet.objects.filter(pk=sheet.pk).update(sealed=json.dumps(said, ensure_ascii=False))


# The objection -------------------------------------------------------------------------------------------------------


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (9, 9), "navy").save(out, "PNG")
    return out.getvalue()


def blamed(stage: Stage) -> World:
    """An objection under investigation with a word of its own in everything that is confidential."""
    row, own = (
        factories.round_("notice"),
        stage.nominations[0],
    )  # whose scores are sealed: of the same offices
    assert own.county
    orgs = {"unit": own.unit, "county": own.county, "city": own.nominator}
    other, person = (factories.nomination("on_notice", round=row, orgs=orgs) for _n in range(2))
    notice = factories.public_notice(row, [person, other], "posted")
    who = everybody(person, stage)
    entry = notice.entries.get(nomination=person)
    evidence.stage("f1", name="文件名暗号丁.png", data=picture(), by=PUBLIC)
    said = actions.lodge(
        entry, by=PUBLIC, kind="real_name", name=IDENTITY[0], contact=IDENTITY[1],
        facts="事实暗号乙：2019年未在所述单位任职，附单据。", form_key="f1",
    )  # fmt: skip
    pair = [who["investigator"], factories.user(Role.REVIEWER)]
    said = actions.admit(
        said, by=stage.manager, investigators=pair, neutral_issue="任职年限需要核实。", grade="A"
    )
    actions.supplement(said, by=PUBLIC, text="补充暗号丙：另有考勤记录。")
    objection_case.note(said, by=who["investigator"], kind="report", text="结论草稿暗号戊：拟认定成立。")
    objection_case.note(said, by=who["investigator"], kind="interview", text="谈话暗号己：已与财务谈话。")
    return World(stage, said, dict(who))


def everybody(person: Nomination, stage: Stage) -> dict[str, User]:
    """One person a role, the candidate's own offices among them."""
    province = factories.organisation("province")
    home = {Role.UNIT_CLERK: person.unit, Role.BUREAU_OFFICER: person.nominator}
    roles = [role for role in Role if role not in (Role.MANAGER, Role.SUPERVISOR)]
    who = {str(role): factories.user(role, organisation=home.get(role, province)) for role in roles}
    who |= {
        "county": factories.user(Role.BUREAU_OFFICER, organisation=person.county),
        "handler": stage.manager,
        "overseer": stage.supervisor,
        "investigator": factories.user(Role.REVIEWER),
        "sided_manager": factories.user(Role.MANAGER, organisation=province),
        "sided_supervisor": factories.user(Role.SUPERVISOR, organisation=person.nominator),
    }
    person.declared_interests.create(user=who["sided_manager"], reason="系人选亲属")
    return who


# Tests ---------------------------------------------------------------------------------------------------------------

OTHERS = (
    *("public", "unit_clerk", "bureau_officer", "county", "reviewer"),
    *("sided_manager", "sided_supervisor", "leader", "publisher", "finance"),
    *("studio_lead", "studio_member", "system_admin", "security_admin", "audit_admin"),
    *("first_expert", "second_expert"),
)


def test_every_role_is_among_the_readers(later: World) -> None:
    people = [person for name in OTHERS if (person := later.people[name])]
    assert {role for person in people for role in person.roles} == set(Role)


@pytest.mark.parametrize("name", OTHERS)
def test_neither_a_sealed_score_nor_an_objection_is_in_any_answer_to(name: str, later: World) -> None:
    reader = later.people[name]
    seen = walk(reader, [*later.of_others(reader), *later.case], rows=later.rows)
    assert (seen.leaks, seen.broken) == ([], [])


def test_the_same_walk_finds_the_objection_with_its_handler_but_no_sealed_score(later: World) -> None:
    seen = walk(later.people["handler"], [*later.of_others(None), *later.case], rows=later.rows)
    assert {leak.word for leak in seen.leaks} == {
        *MATERIAL,
        later.said.code,
    }  # who said it takes a reason to see
    assert not seen.broken
    assert f"/office/objections/{later.said.pk}/" in seen.shown


def test_the_same_walk_finds_an_experts_own_scores(later: World) -> None:
    expert = later.people["first_expert"]
    assert expert is not None
    mine = later.words[expert.pk]
    seen = walk(expert, list(mine), rows=later.rows, within=OF_SCORES)
    assert {leak.word for leak in seen.leaks} == mine


READS_LISTS = ("handler", "overseer", "bureau_officer", "second_expert", "public")


@pytest.mark.parametrize("name", READS_LISTS)
def test_no_order_and_no_count_depends_on_what_is_sealed(name: str, later: World) -> None:
    reader = later.people[name]
    plain = answers(reader, plain_addresses(later.rows))
    named = [address for address, text in plain.items() if later.stage.nominations[0].code in text]
    asked = [f"{address}?{query}" for address in named[:5] for query in ASKED]
    before = {**plain, **answers(reader, asked)}
    other_marks(keep=reader if name == "second_expert" else None)
    after = answers(reader, before)
    assert [address for address, text in before.items() if after.get(address) != text] == []


def test_an_expert_sees_the_order_of_their_own(later: World) -> None:
    expert = later.people["first_expert"]
    before = answers(expert, ["/panel/compare/?sort=total"])
    other_marks(keep=None)
    assert before
    assert answers(expert, ["/panel/compare/?sort=total"]) != before


def opening(world: World) -> None:
    """The drafts are handed in, and two persons open."""
    for n, duty in enumerate(duties(world.stage)):
        if duty.sheet.state == "draft":
            said = {"A": f"评语暗号{n:02d}"}
            scoring.submit(
                duty.sheet, by=writer(duty), marks=marks_of(n), comments=said, overall=f"总评暗号{n:02d}"
            )
    opened(world.stage)


@pytest.mark.parametrize("name", ["first_expert", "unit_clerk", "finance", "public"])
def test_after_the_opening_nobody_without_the_right_sees_a_score(name: str, later: World) -> None:
    opening(later)
    reader = later.people[name]
    assert walk(reader, later.of_others(reader), rows=later.rows, within=OF_SCORES).leaks == []


def test_after_the_opening_the_office_sees_every_score(later: World) -> None:
    opening(later)
    seen = walk(later.people["handler"], list(later.scores), rows=later.rows, within=OF_SCORES)
    assert {leak.word for leak in seen.leaks} >= set().union(*later.words.values())
