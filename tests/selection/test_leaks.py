"""What was said in confidence, and scores before the opening, are found in no answer to anybody else, in any format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from accounts.models import User
from accounts.roles import Role
from selection.actions import evidence, objection_case
from selection.actions import objection as actions
from selection.models import Assignment, Nomination, Objection
from tests import factories
from tests.crawl import leaks, walk
from tests.selection.stage import LATER, REVIEW, Stage, in_review, opened, submitted
from workflow import clock
from workflow.actor import PUBLIC

pytestmark = pytest.mark.django_db
WORDS = (
    "举报人暗号甲",
    "0571-73519846",
    "事实暗号乙",
    "补充暗号丙",
    "文件名暗号丁",
    "结论草稿暗号戊",
    "谈话暗号己",
)
AT = factories.NOON + timedelta(days=1)


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (9, 9), "navy").save(out, "PNG")
    return out.getvalue()


def planted() -> tuple[Objection, dict[str, User]]:
    """An objection under investigation with a word of its own in everything that is confidential."""
    row, orgs = factories.round_("notice"), factories.tree()
    other, person = (factories.nomination("on_notice", round=row, orgs=orgs) for _n in range(2))
    notice = factories.public_notice(row, [person, other], "posted")
    who = everybody(person)
    entry = notice.entries.get(nomination=person)
    evidence.stage("f1", name="文件名暗号丁.png", data=picture(), by=PUBLIC)
    said = actions.lodge(
        entry, by=PUBLIC, kind="real_name", name="举报人暗号甲", contact="0571-73519846",
        facts="事实暗号乙：2019年未在所述单位任职，附单据。", form_key="f1",
    )  # fmt: skip
    pair = [who["investigator"], factories.user(Role.REVIEWER)]
    said = actions.admit(
        said, by=who["handler"], investigators=pair, neutral_issue="任职年限需要核实。", grade="A"
    )
    actions.supplement(said, by=PUBLIC, text="补充暗号丙：另有考勤记录。")
    objection_case.note(said, by=who["investigator"], kind="report", text="结论草稿暗号戊：拟认定成立。")
    objection_case.note(said, by=who["investigator"], kind="interview", text="谈话暗号己：已与财务谈话。")
    return said, who


def everybody(person: Nomination) -> dict[str, User]:
    """One person a role, the candidate's own offices among them."""
    province = factories.organisation("province")
    home = {Role.UNIT_CLERK: person.unit, Role.BUREAU_OFFICER: person.nominator}
    roles = [role for role in Role if role not in (Role.MANAGER, Role.SUPERVISOR)]
    who = {str(role): factories.user(role, organisation=home.get(role, province)) for role in roles}
    who |= {
        "county": factories.user(Role.BUREAU_OFFICER, organisation=person.county),
        "handler": factories.user(Role.MANAGER, organisation=province),
        "investigator": factories.user(Role.REVIEWER),
        "sided_manager": factories.user(Role.MANAGER, organisation=province),
        "sided_supervisor": factories.user(Role.SUPERVISOR, organisation=person.nominator),
    }
    person.declared_interests.create(user=who["sided_manager"], reason="系人选亲属")
    return who


SIDES = (
    "system_admin",
    "unit_clerk",
    "sided_manager",
    "leader",
)  # a walk takes seconds: one of each kind of reader


def others(who: dict[str, User]) -> list[User | None]:
    return [who[name] for name in SIDES]


def test_an_objection_is_in_no_answer_to_anybody_but_its_handlers() -> None:
    with clock.frozen(AT):
        said, who = planted()
        found = leaks(others(who), (*WORDS, said.code))
    assert found == []


def test_the_same_walk_finds_it_all_with_the_handlers() -> None:
    with clock.frozen(AT):
        said, who = planted()
        seen = walk(who["handler"], WORDS)
    assert {leak.word for leak in seen.leaks} == set(WORDS) - {"举报人暗号甲", "0571-73519846"}
    assert not seen.broken
    assert f"/office/objections/{said.pk}/" in seen.shown


# Scores --------------------------------------------------------------------------------------------------------------


@dataclass
class Scores:
    """A round whose sheets are in, with words of their own for each expert."""

    stage: Stage
    words: dict[int, list[str]]  # of an expert's account

    def of_others(self, person: User) -> list[str]:
        """Every word but this expert's."""
        return [word for pk, words in self.words.items() if pk != person.pk for word in words]

    @property
    def every(self) -> list[str]:
        return [word for words in self.words.values() for word in words]

    @property
    def experts(self) -> list[User]:
        return list(User.objects.filter(pk__in=self.words).order_by("pk"))


def scored() -> Scores:
    stage, words = in_review(2), {}
    duties = Assignment.objects.filter(round=stage.round).select_related("expert__user").order_by("pk")
    with clock.frozen(REVIEW):
        for number, duty in enumerate(duties):
            mark, comment = Decimal("61.5") + number, f"评语暗号{number:02d}"
            submitted(duty, mark, overall=comment)
            words.setdefault(duty.expert.user_id, []).extend([str(mark), comment])
    return Scores(stage, words)


def test_after_the_opening_an_expert_sees_only_their_own() -> None:
    scores = scored()
    with clock.frozen(LATER):
        opened(scores.stage)
        for person in scores.experts[:2]:
            assert walk(person, scores.of_others(person)).leaks == []
        shown = {leak.word for leak in walk(scores.stage.manager, scores.every).leaks}
    assert shown == set(scores.every)
