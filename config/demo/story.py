"""One round of the demo, walked through by its people with the acts that pages and API use."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Organisation, User
from config.demo import dossiers, names, notices, pool, recusals, rules, sheets
from config.demo.days import Days, at, on
from config.demo.world import CITY_PLACES, DIRECT_PLACES, World
from selection.actions import (
    assignment,
    deliberation,
    determination,
    nomination,
    notice,
    notice_file,
    objection,
    outage,
    panel,
    qualification,
    round,
    scoring,
    scoring_progress,
    seat,
)
from selection.models import (
    Assignment,
    Nomination,
    Panel,
    PublicNotice,
    QualificationReview,
    Round,
    ScoreSheet,
)
from selection.queries.deliberation import choices
from selection.queries.objection import investigators_for
from selection.queries.scoring import missing_sheets
from selection.rules.rulebook import DEFAULT_RULEBOOK
from workflow.actor import PUBLIC, SYSTEM


@dataclass
class Story:
    """A round and who takes part."""

    world: World
    days: Days
    code: str
    title: str
    title_en: str
    places: dict[str, int]  # nominator's code -> nominees
    ceiling: int = 20
    disqualified: int = 2
    divided: bool = False  # its places are given out by category
    round: Round = field(init=False)

    def staff(self, username: str) -> User:
        """A provincial account."""
        return self.world.staff[username]

    # From the draft to the closing --------------------------------------------------------------------------------

    def draft(self) -> None:
        """The round with its rules, not announced."""
        manager = self.staff("manager")
        with on(self.days.drafted):
            self.round = round.create(
                by=manager, code=self.code, title=self.title, title_en=self.title_en, organiser="浙江省民政厅",
                document_prefix="浙民慈", call=notices.CALL,
            )  # fmt: skip
            round.save_rulebook(self.round, by=manager, content=self.rules())

    def rules(self) -> dict[str, Any]:
        """The default rules with this round's dates and places."""
        content = copy.deepcopy(DEFAULT_RULEBOOK)
        content["opens_at"] = at(self.days.opens, 9).isoformat()
        content["closes_at"] = at(self.days.closes, 17, 30).isoformat()
        content["reference_date"] = self.days.closes.isoformat()
        content["ceiling"] = self.ceiling
        if self.code == "2024":
            content["required_attachments"] = []  # papers were handed in, not scanned
        direct = {unit.code: n for unit, n in zip(self.world.direct, DIRECT_PLACES, strict=True)}
        content["quotas"] = {**CITY_PLACES, **direct}
        if self.divided:
            content |= rules.divided(content["quotas"])
        return content

    def announce(self) -> None:
        """The call is out."""
        with on(self.days.opens, 9):
            self.round = round.announce(self.round, by=self.staff("manager"))

    def correct_rules(self) -> None:
        """Something in the announced rules is corrected: by a version of its own."""
        with on(self.days.opens + timedelta(days=8), 15):
            rules.correct(self)

    def units_of(self, nominator: Organisation) -> list[Organisation]:
        """The employers that a nominator puts people forward from."""
        if nominator in self.world.direct:
            return [nominator]
        return [u for u in self.world.units if u.parent is not None and u.parent.parent_id == nominator.pk]

    def nominators(self) -> list[tuple[Organisation, int]]:
        """Who nominates, and how many."""
        known = {o.code: o for o in [*self.world.cities.values(), *self.world.direct]}
        return [(known[code], count) for code, count in self.places.items()]

    def collect(self, *, nominate: bool = True) -> None:
        """Dossiers are filled in, endorsed and put forward."""
        for nominator, count in self.nominators():
            units = self.units_of(nominator)
            for number in range(count):
                self._one(nominator, units[number % len(units)], number + 1, nominate)

    def collect_some(self) -> None:
        """As it looks while the round is open: dossiers on every desk, a few put forward."""
        self.collect(nominate=False)

    def _one(self, nominator: Organisation, unit: Organisation, rank: int, nominate: bool) -> None:
        direct = nominator in self.world.direct
        route = "direct" if direct else ("city" if rank % 4 == 0 else "county")
        with on(self.days.dossiers, 9 + rank % 8, 5 * rank):
            category = rules.category_of(rank) if self.divided else ""
            row = dossiers.submitted(self.world, self.round, unit, route=route, category=category)
        if nominate or rank % 3 == 1:
            with on(self.days.nominated, 9 + rank % 8, 7 * rank):
                row = dossiers.endorsed(self.world, row)
                if nominate or rank == 1:
                    dossiers.nominated(self.world, row, rank)

    def leave_loose_ends(self) -> None:
        """What never reaches the province: two drafts, one returned, one declined, one withdrawn."""
        unit, other = self.world.units[0], self.world.units[2]
        category = rules.category_of(1) if self.divided else ""
        with on(self.days.dossiers, 16):
            dossiers.draft(self.world, self.round, unit, route="county", category=category, complete=False)
            dossiers.draft(self.world, self.round, other, route="county", category=category)
            returned = dossiers.submitted(self.world, self.round, unit, route="county", category=category)
            declined = dossiers.submitted(self.world, self.round, other, route="city", category=category)
            withdrawn = dossiers.submitted(self.world, self.round, unit, route="county", category=category)
        with on(self.days.nominated, 15):
            requests = [
                {"field": "intervals", "reason": "请附2014年至2016年任职单位的证明。"},
                {"field": "achievements", "reason": "请补充近五年服务成效的数据来源。"},
                {"field": "attachment_practice", "reason": "缺2014年至2016年的证明，请补传。"},
            ]
            county = self.world.officers[returned.county_id or 0]
            nomination.return_for_completion(returned, by=county, requests=requests)
            city = self.world.officers[declined.nominator_id]
            nomination.decline(declined, by=city, reason="同一单位已推荐两名人选，本年度不再推荐。")
            clerk = self.world.clerks[unit.pk]
            nomination.withdraw(withdrawn, by=clerk, reason="本人因工作调动申请撤回。")

    def close(self) -> None:
        """The closing time has come."""
        with on(self.days.closes, 17, 30):
            self.round = round.close(self.round, by=SYSTEM)
        with on(self.days.closes, 18):
            pool.relate(self.world, self.round)
        with on(self.days.closes, 18, 30):
            recusals.ask(self.world, self.round)

    # Screening ----------------------------------------------------------------------------------------------------

    def nominations(self, *states: str) -> list[Nomination]:
        """The round's dossiers in these states, in order."""
        return list(
            self.round.nominations.filter(state__in=states)
            .order_by("code")
            .select_related("nominee", "round")
        )

    def screen(self, share: float = 1.0) -> None:
        """Two reviewers conclude on a share of the dossiers; the rest stays for the visitor."""
        rows = self.nominations("nominated")
        for number, row in enumerate(rows[: int(len(rows) * share)]):
            with on(self.days.screened, 9 + number % 8, number % 60):
                self._conclude(row, unfit=number < self.disqualified)

    def begin_screening(self) -> None:
        """As it looks in the middle: a third done, one sent back for correction, some half done, two that differ."""
        self.screen(0.34)
        rows = self.nominations("nominated")
        with on(self.days.screened, 17):
            requests = [
                {"field": "certificate_number", "reason": "证书编号与扫描件不一致，请核对后更正。"},
                {"field": "attachment_certificate", "reason": "扫描件模糊，管理号无法辨认，请重新扫描。"},
            ]
            qualification.request_correction(rows[0], by=self.staff("reviewer1"), requests=requests)
            for row in rows[1:8]:
                self._review(row, "reviewer1", unfit=False)
            self._review(rows[1], "reviewer2", unfit=True)

    def _conclude(self, row: Nomination, *, unfit: bool) -> None:
        for reviewer in ("reviewer1", "reviewer2"):
            self._review(row, reviewer, unfit=unfit)

    def _review(self, row: Nomination, reviewer: str, *, unfit: bool) -> None:
        by = self.staff(reviewer)
        review: QualificationReview = qualification.start(row, by=by)
        findings = [_finding(f.rule, unfit and f.rule == "E05") for f in row.findings]
        reason = "2019年至2021年的任职证明缺少单位盖章，连续从业年限不能认定满5年。" if unfit else ""
        verdict = "disqualified" if unfit else "qualified"
        qualification.conclude(review, by=by, verdict=verdict, findings=findings, reason=reason)

    # Panel and scores ---------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """The panel is drawn before the supervisor; the review begins."""
        manager, supervisor = self.staff("manager"), self.staff("supervisor")
        with on(self.days.frozen, 9):
            recusals.decide(self.world, self.round)
        with on(self.days.frozen, 10):
            found: Panel = panel.prepare(self.round, by=manager)
            source = f"中国福利彩票双色球{self.days.drawn.year}年开奖日当期开奖号码"
            found = panel.freeze(found, by=manager, source=source, value_at=at(self.days.frozen, 21, 15))
        with on(self.days.drawn, 9, 30):
            panel.draw(found, by=supervisor, public_value="03 08 14 19 25 31 + 07")
        with on(self.days.drawn, 10):
            self.round = panel.begin_review(self.round, by=manager)
        with on(self.days.drawn, 15, 20):
            chair = (
                found.panelists.filter(number__gt=1)
                .exclude(expert=self.world.experts[0])
                .order_by("-number")[0]
            )
            seat.replace(
                chair, by=manager, how="illness", reason="本人来电：突发疾病住院，不能参加本轮评审。"
            )
        pool.sign_in_as(found)

    def score(self, share: float = 1.0) -> None:
        """Experts declare, mark and submit a share of their sheets."""
        duties = list(
            Assignment.objects.filter(round=self.round, state="drawn")
            .select_related("expert__user", "nomination", "round")
            .order_by("expert__code", "nomination__code")
        )
        quality = {n.pk: self.world.random.gauss(83, 6) for n in self.nominations("in_review")}
        bias = {duty.expert_id: self.world.random.gauss(0, 2.5) for duty in duties}
        done: dict[int, int] = {}
        owed: dict[int, int] = {}
        for duty in duties:
            owed[duty.expert_id] = owed.get(duty.expert_id, 0) + 1
        for duty in duties:
            count = done[duty.expert_id] = done.get(duty.expert_id, 0) + 1
            if count <= owed[duty.expert_id] * share:
                self._score_one(duty, quality[duty.nomination_id] + bias[duty.expert_id], count)

    def score_some(self) -> None:
        """As it looks in the middle: two thirds of everybody's sheets are in; one expert has more time, one sheet is to go
        back."""
        self.score(0.65)
        manager = self.staff("manager")
        behind = missing_sheets(self.round).select_related("expert").order_by("expert__code")[0].expert
        sheet = ScoreSheet.objects.filter(assignment__round=self.round, state="submitted").order_by("pk")[0]
        with on(self.days.scored, 20):
            due = self.round.panels.get().scoring_due or self.days.opened
            scoring_progress.extend(
                self.round, by=manager, expert=behind, until=due + timedelta(days=4), reason="专家参加省外督导，来函申请延后四日。"
            )  # fmt: skip
            scoring_progress.ask_reopen(sheet, by=manager, reason="专家来电说明将两名人选的创新分数填反。")
        rows = Assignment.objects.filter(round=self.round, state="drawn")
        with on(self.days.scored, 20):
            sheets.leave_drafts(rows, self._mark, self.world.random)

    def _score_one(self, duty: Assignment, level: float, count: int) -> None:
        user = duty.expert.user
        assert user is not None  # whoever was drawn has an account
        hour, minute = 8 + count % 11, count % 60
        with on(self.days.scored, hour - 1, minute):
            accepted = assignment.accept(duty, by=user, declared=True)
        with on(self.days.scored, hour, minute):
            marks = {code: self._mark(level) for code in self.round.rulebook.weights}
            comment = self.world.random.choice(names.COMMENTS)
            comments = sheets.asked_comments(self.round.rulebook, marks, self.world.random)
            scoring.submit(accepted.sheet, by=user, marks=marks, comments=comments, overall=comment)

    def _mark(self, level: float) -> Decimal:
        """Around the level, in half points, within what experts really give."""
        points = min(98.0, max(55.0, self.world.random.gauss(level, 3.5)))
        return Decimal(sheets.round_half(points))

    def open(self) -> None:
        """Two persons open the scores."""
        with on(self.days.opened, 9, 30):
            self.round = scoring.ask_opening(self.round, by=self.staff("manager"))
        with on(self.days.opened, 10):
            self.round = scoring.open_scores(self.round, by=self.staff("supervisor"))

    # From the list to its publication -----------------------------------------------------------------------------

    def propose(self) -> None:
        """The leader follows the ranking."""
        chosen = [choice.nomination.pk for choice in choices(self.round) if choice.suggested]
        with on(self.days.proposed, 15):
            deliberation.propose_list(
                self.round, by=self.staff("leader"), minute_number=f"厅党组会纪要〔{self.days.proposed.year}〕23号",
                chosen=chosen, deviations={},
                note="会议逐人研究了可靠性报告提示的情形，复看有关评分表后，一致同意按正式名次确定名单。",
            )  # fmt: skip

    def post(self) -> PublicNotice:
        """The notice is written by one, posted by another."""
        with on(self.days.composed, 15):
            found = notice.compose(
                self.round, by=self.staff("manager"), title=f"关于{self.title}拟认定人选的公示", body=notices.NOTICE,
                contact=notices.CONTACT, order="strokes", with_summaries=True, **notices.SAID,
            )  # fmt: skip
            sheet = notices.sheet_of_the_list(found)
            notice_file.attach(found, by=self.staff("manager"), name="拟认定名单.xlsx", data=sheet)
        with on(self.days.posted, 9):
            found = notice.scan(found, by=self.staff("publisher"))
            found = notice.post(found, by=self.staff("publisher"))
        with on(self.days.posted, 11, 30):
            since, until = notices.short_outage(at(self.days.posted))
            outage.record(by=self.staff("publisher"), since=since, until=until, evidence=notices.EVIDENCE)
        self.round.refresh_from_db()
        return found

    def object(self) -> None:
        """One objection is admitted, one has just come in."""
        found = self.round.notices.get(state=PublicNotice.State.POSTED)
        first, second = found.entries.order_by("ordinal")[2:4]
        with on(self.days.posted, 14):
            admitted = objection.lodge(
                first, by=PUBLIC, kind="real_name", name="匿名演示人", contact="demo@example.cn",
                facts="该人选2020年至2021年在外省任职，与申报表所填从业经历不一致，请予核实。",
            )  # fmt: skip
            objection.lodge(
                second, by=PUBLIC, kind="lead", facts="申报材料中的获奖年度与证书落款不符，证书落款为2017年。"
            )
        with on(self.days.posted, 16):
            objection.admit(
                admitted, by=self.staff("manager"), investigators=investigators_for(admitted.nomination)[:2], grade="A",
                neutral_issue="2020年至2021年的从业经历需要进一步核实。",
            )  # fmt: skip

    def end(self) -> None:
        """The period is over; whoever is not held is cleared."""
        with on(self.days.ended, 0):
            notice.end_due_notices()
            notice.clear_due_nominations()
        self.round.refresh_from_db()

    def determine(self, exceptions: Sequence[determination.Exempt] = ()) -> None:
        """The decision is drafted and taken."""
        with on(self.days.determined, 10):
            found = determination.draft(
                self.round, by=self.staff("manager"), serial=5, title=f"关于公布{self.title}名单的通知",
                minute_number=f"厅党组会纪要〔{self.days.determined.year}〕25号", exceptions=exceptions,
            )  # fmt: skip
        with on(self.days.determined, 16):
            determination.confirm(found, by=self.staff("leader"))

    def publish(self) -> None:
        """The result is published."""
        with on(self.days.published, 10):
            self.round = determination.publish(self.round, by=self.staff("publisher"))


def _finding(rule: str, fails: bool) -> dict[str, Any]:
    """What a reviewer says of one rule."""
    if not fails:
        return {"rule": rule, "human": "pass", "note": ""}
    return {
        "rule": rule, "human": "fail", "note": "2019年至2021年的任职证明未盖单位公章。", "evidence": ["从业证明 1，第1页"],
    }  # fmt: skip
