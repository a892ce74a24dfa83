"""The model text of an agreement: clauses with places for facts. Ours, for the office to amend with its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter

FACTS = frozenset(
    {
        "province", "host", "talent", "city", "studio", "site", "award", "award_words", "instalments", "starts_on",
        "ends_on", "goals", "tasks", "team", "stations", "heads", "record_days", "report_change_days", "recovery_days",
        "account",
    }
)  # fmt: skip

DEFAULT_CLAUSES: tuple[tuple[str, str], ...] = (
    ("工作室和场所", "{host}（依托单位）设立{studio}，由{talent}主持，场所为{site}。依托单位保证场所、人员时间和日常办公条件。"),
    ("管理期", "本协议自{starts_on}起至{ends_on}止。期满结项后，本协议终止。"),
    ("目标和任务", "工作室的目标：{goals}年度任务：{tasks}目标和任务以经批准的计划为准，变更须经设区市民政部门审核、省级批准。"),
    ("团队和合作站点", "团队：{team}。合作站点：{stations}。人员和站点变动按计划变更办理。"),
    ("资助和拨付", "资助金额{award}（大写：{award_words}），分期拨付：{instalments}。各期满足管理办法规定的条件后，由{province}付至依托单位账户（{account}），不付至个人账户。"),
    ("经费使用", "经费只用于下列科目：{heads}。不得用于编制内人员工资、奖金、招待、罚款、还债、投资、基建、购车、捐赠和管理费。期末结余在{recovery_days}日内退回。"),
    ("记录、报告和考核", "活动结束后{record_days}日内登记，由合作站点确认；按期提交季度、年度、中期和期满报告，接受年度考核和抽查。影响履行的变动，{report_change_days}日内报告。"),
    ("成果和数据", "工作室形成的案例、课程和资料，署名权归作者，三方可以无偿用于公益服务和培训。服务对象的姓名、证件号等个人信息不录入系统，照片须遮挡面部。"),
    ("违约和退出", "弄虚作假、挪用资金、拒不接受考核的，由{province}按管理办法停止拨款、追回资金、终止工作室或撤销认定；受处理一方有权陈述和申辩。因健康、调离等原因退出的，不视为违约，须完成清算。"),
    ("其他", "{city}按属地管理原则监督本协议履行。本协议一式三份，三方各执一份，自三方签署之日起生效；变更须另行签署。"),
)  # fmt: skip


WIDTHS = ("02d", "03d", "04d")


class BadClause(ValueError):
    """A clause with a place for something that is no fact of an agreement."""


def places(text: str) -> set[str]:
    """The facts that a clause has places for. Raises `BadClause`."""
    found = set(_plain_places(text, specs=False))
    if found - FACTS:
        raise BadClause(", ".join(sorted(found - FACTS)))
    return found


def _plain_places(text: str, *, specs: bool) -> Iterator[str]:
    """The names between braces; nothing but a name, and a width where one is asked for, may stand there."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as fault:
        raise BadClause(text) from fault
    for _text, name, spec, conversion in parts:
        if name is None:
            continue
        if conversion or (spec and not (specs and spec in WIDTHS)):
            raise BadClause(text)
        yield name


def filled(text: str, facts: Mapping[str, str]) -> str:
    """The clause with its facts."""
    return text.format_map({name: facts.get(name, "") for name in places(text)})


def numbered(pattern: str, year: int, number: int) -> str:
    """A number after a pattern such as 浙社领工〔{year}〕第{number:03d}号."""
    return pattern.format(year=year, number=number)


def is_pattern(pattern: str) -> bool:
    """Whether a pattern gives every number of a year another text."""
    try:
        return set(_plain_places(pattern, specs=True)) == {"year", "number"}
    except BadClause:
        return False
