"""What the earlier round leaves to be seen: an objection looked at twice, a name left out by the meeting, a printed line put
right, a title under question."""

from __future__ import annotations

from datetime import date, timedelta

from config.demo import files
from config.demo.days import on
from config.demo.story import Story
from selection.actions import evidence, objection, objection_case, revocation
from selection.actions.determination import Exempt
from selection.models import Objection
from selection.queries.objection import investigators_for
from workflow.actor import PUBLIC

CORRECTED, LETTER = date(2024, 11, 6), "浙民慈便函〔2024〕31号"
FACTS = "该人选申报材料所列2022年度省级优秀案例，署名第一作者并非本人，附获奖证书复印件，请予核实。"
CONCLUSION = (
    "经核查获奖文件和原始申报单，该案例由两人共同完成，本人为第一完成人，与申报材料一致，异议不成立。"
)
APPEAL = "核查结论没有说明案例原件的署名顺序，请求复查并调取主办单位的存档。"
EXCEPTION = "本人已受聘省外机构任职，会议研究认为不具备在本省建设工作室的条件，不列入本次认定。"


def appealed(story: Story) -> None:
    """Within the days of the notice: objected to, investigated, dismissed, looked at again by another, and dismissed."""
    notice = story.round.notices.get(state="posted")
    entry = notice.entries.select_related("nomination__unit").order_by("ordinal")[1]
    manager, day = story.staff("manager"), story.days.posted
    with on(day, 14):
        evidence.stage("demo-1", name="获奖证书复印件.pdf", data=files.sample("award", "PDF"), by=PUBLIC)
        said = objection.lodge(
            entry, by=PUBLIC, kind="real_name", name="林女士（演示）", contact="demo@example.cn", facts=FACTS, form_key="demo-1",
        )  # fmt: skip
    pair = investigators_for(entry.nomination)[:2]
    with on(day, 16):
        said = objection.admit(
            said,
            by=manager,
            investigators=pair,
            grade="A",
            neutral_issue="2022年度省级优秀案例的署名需要核实。",
        )
    with on(day + timedelta(days=1), 10):
        clerk = story.world.clerks[entry.nomination.unit_id]
        objection_case.give_statement(
            said, by=clerk, text="案例由本人与同事共同完成，获奖文件列本人为第一完成人，原件可供查验。"
        )
        objection_case.note(
            said, by=pair[0], kind="document", text="调阅主办单位获奖文件，署名与申报材料一致。"
        )
    with on(day + timedelta(days=3), 9):
        said = objection.dismiss(said, by=manager, conclusion=CONCLUSION)
        objection.answer(said, by=manager, reply=CONCLUSION)
    _looked_at_again(story, said)


def _looked_at_again(story: Story, said: Objection) -> None:
    day = story.days.posted + timedelta(days=4)
    manager = story.staff("manager2")
    with on(day, 10):
        evidence.stage("demo-2", name="案例原件首页.png", data=files.sample("case", "PNG"), by=PUBLIC)
        appeal = objection_case.appeal(said, by=PUBLIC, reason=APPEAL, form_key="demo-2")
    with on(day, 15):
        appeal = objection_case.admit_appeal(appeal, by=manager)
    with on(story.days.ended - timedelta(days=1), 10):
        objection_case.dismiss_appeal(
            appeal, by=manager, answer="经调取主办单位存档，署名顺序与获奖文件一致，维持原结论。"
        )
        said.refresh_from_db()
        objection.answer(said, by=manager, reply="复查维持原结论，理由同上；本件办理终结。")


def left_out(story: Story) -> list[Exempt]:
    """The last of the ranking, for a reason that the minutes name."""
    cleared = story.round.nominations.filter(state="cleared").order_by("result__order")
    last = cleared.select_related("nominee").last()
    year = story.days.determined.year
    return [Exempt(last, EXCEPTION, f"厅党组会纪要〔{year}〕24号")] if last else []


def corrected(story: Story) -> None:
    """A post that was left out in print, put in by one and published by another."""
    line = story.round.recognitions.order_by("ordinal")[2]
    with on(CORRECTED, 10):
        found = revocation.draft_correction(
            line, by=story.staff("manager"), place="affiliations", after=f"{line.affiliations[0]}、党支部书记",
            basis=LETTER, why="排印时漏印党内职务，申报单位来函请求更正。",
        )  # fmt: skip
    with on(CORRECTED, 15):
        revocation.publish_correction(found, by=story.staff("publisher"))


def questioned(story: Story, until: date) -> None:
    """The facts were told and answered; whether the title goes waits for the leader."""
    line = story.round.recognitions.select_related("nomination").order_by("ordinal").last()
    if line is None or line.nomination is None:
        return
    manager = story.staff("manager")
    with on(until - timedelta(days=28), 10):
        found = revocation.start(
            line.nomination, by=manager, ground="fraud",
            facts="2024年申报时提交的2021年度服务时数证明，经原出具单位复函，与其存档不一致。",
        )  # fmt: skip
    with on(until - timedelta(days=21), 10):
        revocation.hear(
            found, by=manager, statement="证明由时任部门负责人经办出具，本人不知情；愿意配合核查，请求从轻。"
        )
