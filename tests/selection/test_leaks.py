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
import typst
from django.db import transaction
from docx import Document
from PIL import Image
from pytest_django import DjangoDbBlocker
from xlsxwriter import Workbook

from accounts.models import User
from accounts.roles import Role
from selection.actions import evidence, objection_case, scoring
from selection.actions import objection as actions
from selection.documents.record import write_zip
from selection.errors import BadFile
from selection.models import Assignment, Evidence, Nomination, NoticeEntry, Objection, Round, ScoreSheet
from selection.rules.rulebook import Rulebook
from selection.rules.scoring import panel_score, round_half_up, sheet_total
from tests import factories
from tests.crawl import Rows, answers, plain_addresses, walk
from tests.selection.stage import LATER, REVIEW, Stage, accepted, in_review, marks, opened
from tests.unpacked import inside
from workflow import clock
from workflow.actor import PUBLIC
from workflow.documents.fonts import installed
from workflow.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.once]
IDENTITY = ("举报人暗号甲", "0571-73519846", "复查申请人暗号庚", "0577-62840917")
MATERIAL = ("事实暗号乙", "补充暗号丙", "文件名暗号丁", "结论草稿暗号戊", "谈话暗号己")
APPEALED = ("原诉暗号辛", "复查理由暗号壬", "复查文件名暗号癸", "原结论暗号子", "答复暗号丑")
STATED = "陈述暗号寅"  # the candidate's own words: for the unit that said them, and the handlers
PAGES = ("正文暗号卯", "复查正文暗号辰")  # inside the files, where only whoever opens them reads it
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
    said: Objection  # under investigation
    appealed: Objection  # concluded, and to be looked at again
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
        """Every word of the two objections, on their forms and inside their files; and the digests of the files."""
        return [*IDENTITY, *self.open_case, *self.appealed_case]

    @property
    def open_case(self) -> list[str]:
        return [*MATERIAL, PAGES[0], self.said.code, *digests(self.said)]

    @property
    def appealed_case(self) -> list[str]:
        return [*APPEALED, STATED, PAGES[1], self.appealed.code, *digests(self.appealed)]

    def not_for(self, name: str) -> list[str]:
        """What of them a reader has no right to."""
        own = {"leader": self.appealed_case, "unit_clerk": [STATED]}.get(name, [])
        return [word for word in self.case if word not in own]

    @property
    def files(self) -> list[str]:
        """The addresses of what was handed in."""
        keys = Evidence.objects.order_by("pk").values_list("key", flat=True)
        return [f"/office/objections/evidence/{key}/" for key in keys]

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
            "selection.Objection": [self.said.pk, self.appealed.pk],
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


def picture(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (9, 9), colour).save(out, "PNG")
    return out.getvalue()


def page(text: str) -> bytes:
    """A PDF that says so."""
    made: bytes = typst.compile(text.encode(), font_paths=installed().loaded, ignore_system_fonts=True)
    return made


def digests(said: Objection) -> list[str]:
    """Whoever is told the digest of a file can find out whether it was handed in; and every file has been asked for."""
    return list(said.evidence.values_list("sha256", flat=True))


def blamed(stage: Stage) -> World:
    """An objection under investigation, and one under appeal, with words of their own in all that is confidential."""
    row, own = (
        factories.round_("notice"),
        stage.nominations[0],
    )  # whose scores are sealed: of the same offices
    assert own.county
    orgs = {"unit": own.unit, "county": own.county, "city": own.nominator}
    other, person = (factories.nomination("on_notice", round=row, orgs=orgs) for _n in range(2))
    notice = factories.public_notice(row, [person, other], "posted")
    who = everybody([person, other], stage)
    entry = notice.entries.get(nomination=person)
    evidence.stage("f1", name="文件名暗号丁.png", data=picture("navy"), by=PUBLIC)
    evidence.stage("f1", name="单据.pdf", data=page(PAGES[0]), by=PUBLIC)
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
    return World(stage, said, under_appeal(notice.entries.get(nomination=other), who, pair), dict(who))


def under_appeal(entry: NoticeEntry, who: dict[str, User], pair: list[User]) -> Objection:
    """Concluded and answered; and whoever objected has asked for another look, with another file."""
    said = actions.lodge(
        entry,
        by=PUBLIC,
        kind="real_name",
        name=IDENTITY[2],
        contact=IDENTITY[3],
        facts="原诉暗号辛：业绩不实。",
    )
    said = actions.admit(
        said, by=who["handler"], investigators=pair, neutral_issue="业绩需要核实。", grade="A"
    )
    said = objection_case.give_statement(said, by=who["unit_clerk"], text="陈述暗号寅：业绩属实。")
    said = actions.dismiss(said, by=who["handler"], conclusion="原结论暗号子：业绩属实。")
    said = actions.answer(said, by=who["handler"], reply="答复暗号丑：经核查不成立。")
    evidence.stage("f2", name="复查文件名暗号癸.pdf", data=page(PAGES[1]), by=PUBLIC)
    evidence.stage("f2", name="照片.png", data=picture("olive"), by=PUBLIC)
    objection_case.appeal(said, by=PUBLIC, reason="复查理由暗号壬：没有回应单据。", form_key="f2")
    return said


def everybody(people: list[Nomination], stage: Stage) -> dict[str, User]:
    """One person a role, the candidates' own offices among them."""
    person = people[0]
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
    for one in people:
        one.declared_interests.create(user=who["sided_manager"], reason="系人选亲属")
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
    words = [*later.of_others(reader), *later.not_for(name)]
    seen = walk(reader, words, known=later.files, rows=later.rows)
    assert (seen.leaks, seen.broken) == ([], [])


def test_the_same_walk_finds_the_objection_with_its_handler_but_no_sealed_score(later: World) -> None:
    words = [*later.of_others(None), *later.case]
    seen = walk(later.people["handler"], words, known=later.files, rows=later.rows)
    found = {leak.word for leak in seen.leaks}
    assert found == {*later.open_case, *later.appealed_case}  # who said it takes a reason to see
    assert not seen.broken
    assert f"/office/objections/{later.said.pk}/" in seen.shown


def test_no_letter_and_no_record_of_a_round_says_a_word_of_it(later: World) -> None:
    letters = "\n".join(f"{one.subject}\n{one.body}" for one in Message.objects.all())
    assert "异议" in letters
    for row in Round.objects.all():
        packed = BytesIO()
        write_zip(row, packed)
        letters += "\n".join(inside(packed.getvalue()))
    assert "任职年限需要核实。" in letters
    assert [word for word in later.case if word in letters] == []


@pytest.mark.parametrize("kind", ["docx", "xlsx", "txt"])
def test_what_could_carry_more_than_it_shows_is_not_taken_as_evidence(kind: str, later: World) -> None:
    packed = BytesIO()
    if kind == "docx":
        Document().save(packed)
    elif kind == "xlsx":
        Workbook(packed).close()
    else:
        packed.write("单据暗号".encode())
    with pytest.raises(BadFile):
        evidence.stage("f3", name=f"材料.{kind}", data=packed.getvalue(), by=PUBLIC)
    assert not evidence.staged("f3").exists()


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
