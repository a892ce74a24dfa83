"""The agreement of province, host unit and talent as a document: its clauses filled with facts, and a place to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from studios.models import AgreementVersion, Party, Studio
from studios.models.plan import StudioGoal, StudioTask
from studios.queries import plan as plans
from studios.rules.capitals import in_capitals
from studios.rules.clauses import filled
from studios.rules.money import split_award
from workflow.documents.official import Block, Official, Part, Roll

ORDINALS = "一二三四五六七八九十"
UNSET = "　　　　"


def facts_of(
    studio: Studio, *, award: Decimal, site: str, starts_on: date, ends_on: date | None, account: str
) -> dict[str, str]:
    """What the clauses of the model agreement have places for, as it is today."""
    rules, round_ = studio.programme, studio.recognition.round
    amounts = split_award(award, round_.rulebook.instalment_shares)
    return {
        "province": round_.organiser,
        "host": studio.host.name,
        "talent": studio.recognition.name_key,
        "city": (studio.city or studio.county or studio.host).name,
        "studio": studio.name,
        "site": site,
        "award": f"{award:,.2f}元",
        "award_words": in_capitals(award),
        "instalments": "，".join(f"第{n}期{amount:,.2f}元" for n, amount in enumerate(amounts, start=1)),
        "starts_on": shown(starts_on),
        "ends_on": shown(ends_on),
        "goals": _sentences(_goals(studio)),
        "tasks": _sentences(_tasks(studio)),
        "team": "、".join(member.name for member in plans.team_of(studio)) or UNSET,
        "stations": "、".join(station.name for station in plans.stations_of(studio)) or UNSET,
        "heads": "、".join(f"{head.name}（不超过{head.cap}%）" for head in rules.heads),
        "record_days": str(rules.record_days),
        "report_change_days": str(rules.report_change_days),
        "recovery_days": str(rules.recovery_days),
        "account": account,
    }


def _sentences(parts: Sequence[str]) -> str:
    return "；".join(parts) + "。" if parts else "以经批准的计划为准。"


def _goals(studio: Studio) -> list[str]:
    rows: Sequence[StudioGoal] = list(studio.goal_rows.all())
    if not rows and studio.goals:
        return [studio.goals.strip().rstrip("。")]
    return [f"{row.by_year}年前，{row.text.rstrip('。')}" for row in rows]


def _tasks(studio: Studio) -> list[str]:
    return [
        f"{year}年{'、'.join(_task(task) for task in tasks)}"
        for year, tasks in plans.tasks_by_year(studio).items()
    ]


def _task(task: StudioTask) -> str:
    return f"{task.name}{task.target.normalize():f}{task.unit}"


def terms_of(studio: Studio, facts: Mapping[str, str]) -> list[list[str]]:
    """The clauses of the rules in force for this studio, filled."""
    return [[clause.title, filled(clause.text, facts)] for clause in studio.programme.clauses]


def shown(day: date | None) -> str:
    """2026年11月25日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else f"{UNSET}年　月　日"


def document_of(version: AgreementVersion, *, account: str) -> Official:
    """The paper that is signed; `account` as its reader may see it."""
    studio = version.studio
    organiser = studio.recognition.round.organiser
    parts: list[Part] = [
        Block(f"甲方：{organiser}", "plain"),
        Block(f"乙方（依托单位）：{studio.host.name}", "plain"),
        Block(f"丙方（领军人才）：{studio.recognition.name_key}", "plain"),
        Block(f"协议编号：{version.agreement_number}", "plain"),
    ]
    if version.amendment_reason:
        parts.append(Block(f"本协议为第{version.number}版，变更原协议。变更理由：{version.amendment_reason}"))
    parts.append(Block("为办好社会工作领军人才工作室，三方约定如下："))
    for number, (title, text) in enumerate(version.terms):
        parts.append(Block(f"{_ordinal(number)}、{title}", "first"))
        parts.append(Block(text))
    if account:
        parts.append(
            Roll(
                ("账户名称", "开户银行", "账号"),
                [(version.account_name, version.account_bank, account)],
                (5, 5, 5),
            )
        )
    parts.append(_signing(version, organiser))
    title = (
        f"{studio.name}建设协议" if version.number == 1 else f"{studio.name}建设协议（第{version.number}版）"
    )
    return Official(title=title, parts=parts, signer="", day=version.in_force_on)


def _ordinal(number: int) -> str:
    """一 to 九十九."""
    tens, ones = divmod(number + 1, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else f"{ORDINALS[tens - 1]}十"
    return lead + (ORDINALS[ones - 1] if ones else "")


def _signing(version: AgreementVersion, organiser: str) -> Roll:
    """Who signs; names and days that are recorded are printed, seals are affixed outside."""
    signed = {row.party: row for row in version.signatures.all()}
    studio = version.studio
    named = {
        Party.PROVINCE: f"甲方：{organiser}",
        Party.HOST: f"乙方：{studio.host.name}",
        Party.TALENT: f"丙方：{studio.recognition.name_key}",
    }
    rows = []
    for party, words in named.items():
        row = signed.get(party.value)
        rows.append((words, row.name if row else "\n\n", shown(row.signed_on) if row else "年　月　日"))
    return Roll(("签署方", "签字（盖章）", "日期"), rows, (7, 5, 5))
