"""The stages of a round, each entered on pages by the person whose stage it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from selection.models.attachment_kinds import Kind
from selection.rules.rulebook import DEFAULT_RULEBOOK
from studios.models import Studio
from tests import factories
from tests.journeys.pages import Visitor

NAV = ".lx-nav"
CODE, TITLE = "2025", "2025年度社会工作领军人才选拔"
OPENS, CLOSES = datetime(2025, 3, 3, 8, 30), datetime(2025, 3, 20, 17, 30)
VALUE_AT = datetime(2025, 3, 27, 21, 15)

DOSSIER: dict[str, dict[str, Any]] = {
    "基本信息": {"phone": "13900000000", "ethnicity": "汉族", "politics": "masses", "education": "bachelor"},
    "单位与职务": {"field": "children", "posts-0-title": "总干事"},
    "职业资格证书": {"certificate_number": "2018000001"},
    "从业经历": {"intervals-0-duty": "儿童社会工作"},
    "近五年服务记录": {
        "service_records-0-year": 2024, "service_records-0-beneficiaries": 800, "service_records-0-outcome": "服务落地。",
    },
    "事迹与简介": {"achievements": "从事儿童社会工作十年，完成个案六十例。", "summary": "长期从事困境儿童社会工作。"},
    "工作室设想": {
        "studio_plan": "建立儿童服务督导小组，三年带教十五人。", "studio_team": "五名社会工作师。", "studio_site": "中心二楼",
        "budget_lines-0-head": "training", "budget_lines-0-amount": "20000",
    },
    "单位意见与公示": {
        "unit_opinion": "同意推荐。", "unit_notice_from": date(2025, 2, 17), "unit_notice_until": date(2025, 2, 26),
        "unit_notice_place": "单位公告栏", "unit_notice_objections": "none",
        "unit_notice_proof": "单位公告栏照片",
    },
    "声明": {
        "truth_declared_at": True, "conflict_declared_at": True, "privacy_read_at": True, "publication_consent_at": True,
    },
}  # fmt: skip

ELIGIBLE = {
    "setting": "social_organisation", "civil_status": "none", "certificate_level": "intermediate",
    "certified_on": date(2018, 9, 20), "practice_since": date(2014, 7, 1), "province_since": date(2014, 7, 1),
}  # fmt: skip


# Until the closing ---------------------------------------------------------------------------------------------------


def create_round(manager: Visitor) -> None:
    manager.follow("选拔批次", within=NAV).follow("建立批次")
    manager.fill(
        code=CODE,
        title=TITLE,
        organiser="浙江省民政厅",
        document_prefix="浙民慈",
        call="现组织开展本年度选拔。",
    )
    manager.press("建立并填写规则书")


def write_rulebook(manager: Visitor, nominator: int, *, places: int) -> None:
    """A panel of five, all of whom score every nominee."""
    manager.fill(
        opens_at=OPENS, closes_at=CLOSES, reference_date=CLOSES.date(), ceiling=5, per_nominee=5, panel_size=5,
        stratum_scholar=2, stratum_practice=2, stratum_association=1, **{f"quota_{nominator}": places},
    )  # fmt: skip
    manager.press("保存规则书").reads("规则书已保存，可以启动申报。")


def begin_dossier(clerk: Visitor, name: str) -> None:
    clerk.follow("申报推荐", within=NAV).follow("新建申报")
    clerk.fill(name=name, id_number=factories.id_number(), route="county", **ELIGIBLE)
    clerk.press("建立申报").reads(f"{name}的申报材料")


def fill_dossier(clerk: Visitor) -> None:
    for section, values in DOSSIER.items():
        clerk.follow(section).fill(**values).press("保存并返回").reads(f"已保存：{section}")


def attach_papers(clerk: Visitor) -> None:
    """The papers that the rules ask for, one kind after another."""
    clerk.follow("附件")
    for kind in DEFAULT_RULEBOOK["required_attachments"]:
        clerk.fill(kind=kind)
        file = {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": factories.pdf()}
        clerk.page.set_input_files("input[type=file]", [file])
        clerk.page.get_by_role("button", name="上传附件").click()
        clerk.reads(f"{Kind(kind).label} 1")
    clerk.page.locator("main form").get_by_role("link", name="返回").first.click()


def submit(clerk: Visitor) -> None:
    clerk.follow("核对并提交").press("提交申报").reads("已办理：提交申报")


def open_dossier(person: Visitor, name: str) -> Visitor:
    return person.follow("申报推荐", within=NAV).follow_in_row(name, name)


def return_dossier(county: Visitor, name: str, reason: str) -> None:
    open_dossier(county, name).take("退回补充", reason_achievements=reason)


def complete_dossier(clerk: Visitor, name: str, reason: str) -> None:
    """What was returned is found on the home page, with the reason where it must be mended."""
    clerk.follow("工作台", within=NAV).follow(f"补充{name}的申报材料").reads(reason)
    clerk.follow("事迹与简介").reads(reason)
    clerk.fill(achievements="从事老年社会工作十年，服务两千人次，数据见年度报告。").press("保存并返回")
    submit(clerk)


def endorse(county: Visitor, name: str) -> None:
    """The four papers that everybody has are ticked one by one."""
    open_dossier(county, name).follow("同意并上报")
    for paper in ("身份证", "社会工作者职业资格证书", "从业证明", "单位公示证明"):
        county.page.get_by_role("checkbox", name=paper, exact=True).check()
    county.fill(opinion="经审核，材料属实，同意推荐。").press("同意并上报", exact=True)
    county.reads("已办理：同意并上报")


def nominate(city: Visitor, name: str) -> None:
    open_dossier(city, name)
    city.take("推荐到省", opinion="业绩真实，同意推荐。", background="经查询，无违纪违法和失信记录。")


# Screening -----------------------------------------------------------------------------------------------------------


def take_up(reviewer: Visitor, name: str) -> None:
    reviewer.follow("资格初审", within=NAV).follow("待受理")
    reviewer.follow_in_row(name, "查看").press("受理初审")
    reviewer.find_all_met()


def find_qualified(reviewer: Visitor, name: str) -> None:
    take_up(reviewer, name)
    reviewer.fill(verdict="qualified").press("提交初审结论").reads("已提交初审结论。")


def find_unqualified(reviewer: Visitor, name: str, reason: str) -> None:
    take_up(reviewer, name)
    reviewer.fill(result_E05="fail", verdict="disqualified", reason=reason)
    reviewer.press("提交初审结论").reads("已提交初审结论。")


# Draw and scores -----------------------------------------------------------------------------------------------------


def freeze_draw(manager: Visitor) -> None:
    manager.follow("专家评审", within=NAV).press("准备抽取")
    manager.take("冻结抽取名单", source="双色球第2025033期开奖号码，按公布顺序书写", value_at=VALUE_AT)


def witness_draw(supervisor: Visitor) -> None:
    supervisor.follow("专家评审", within=NAV).follow(TITLE)
    supervisor.take("见证抽取", public_value="03 08 14 19 25 31 + 07")


def begin_review(manager: Visitor) -> None:
    manager.follow("专家评审", within=NAV).follow(TITLE).take("开始评审")


def declare_and_score(expert: Visitor, name: str, mark: int) -> None:
    """The declaration with the mouse, the sheet with the keyboard alone: two digits a criterion, then Ctrl+Enter."""
    expert.follow("评审任务", within=NAV).follow_in_row(name, "作出声明")
    expert.fill(declared=True).press("无回避情形，打开材料")
    expert.page.locator("input[name^=mark_]").first.focus()
    expert.page.keyboard.type(str(mark) * 6)
    expert.leave(lambda: expert.page.keyboard.press("Control+Enter")).reads("确认提交评分表")
    expert.leave(lambda: expert.page.keyboard.press("Enter")).reads("已提交评分表，回执第").reads(
        "请保存回执"
    )


def ask_opening(manager: Visitor) -> None:
    manager.follow("专家评审", within=NAV).follow("评分进度").take("提出启封")


def witness_opening(supervisor: Visitor) -> None:
    supervisor.follow("专家评审", within=NAV).follow("评分进度").take("见证启封")


# The list and its notice ---------------------------------------------------------------------------------------------


def propose(leader: Visitor) -> None:
    leader.follow("认定公布", within=NAV).follow("提出拟认定名单")
    leader.fill(minute_number="厅党组会纪要〔2025〕12号").press("确定拟认定名单").reads("拟认定名单已确定")


def compose_notice(manager: Visitor) -> None:
    manager.follow("公示与异议", within=NAV).follow("拟写公示")
    manager.fill(
        basis="《社会工作领军人才选拔办法》", contact="慈善社工处，0571-00000000", discipline="机关纪委，0571-00000001",
        address="杭州市示例路1号", email="office@example.cn",
    )  # fmt: skip
    manager.press("保存公示稿").reads("公示已拟好，待隐私检查和发布")


def post_notice(publisher: Visitor) -> None:
    publisher.follow("公示与异议", within=NAV).follow(TITLE)
    publisher.take("隐私检查").reads("隐私检查未发现")
    publisher.take("发布公示")


def object_to(public: Visitor, name: str) -> None:
    """From the notice, without an account."""
    public.open("/").follow("查看公示").reads(name)
    ordinal = public.row(name).get_by_role("cell").first.inner_text()
    public.follow("提出异议").fill(
        nominee=ordinal, kind="real_name", name="举报人丁", contact="ding@example.cn",
        facts="该人选2020年至2021年在外省任职，与申报表所填从业经历不一致，请予核实。",
    )  # fmt: skip
    public.page.wait_for_timeout(2500)  # nobody fills it in within a moment
    public.press("提交异议").reads("异议已收到")


def admit_objection(manager: Visitor, name: str, investigators: list[int]) -> None:
    manager.follow("公示与异议", within=NAV).follow("异议办理").follow_in_row(name, name)
    manager.take("受理异议", grade="A", investigators=investigators, neutral_issue="从业经历需要进一步核实。")


# The decision --------------------------------------------------------------------------------------------------------


def draft_determination(manager: Visitor) -> None:
    manager.follow("认定公布", within=NAV).follow("拟写认定决定")
    manager.fill(serial=5).press("保存认定决定").reads("浙民慈〔2025〕5号")


def confirm_determination(leader: Visitor) -> None:
    leader.follow("认定公布", within=NAV).follow("浙民慈〔2025〕5号").take("提交认定决定")


def publish_result(publisher: Visitor) -> None:
    publisher.follow("认定公布", within=NAV).follow("浙民慈〔2025〕5号").take("公布结果")


# The studio ----------------------------------------------------------------------------------------------------------


def open_studio(person: Visitor, name: str) -> Visitor:
    return person.follow("工作室", within=NAV).follow_in_row(name, name)


def start_studio(manager: Visitor, name: str, lead: int) -> None:
    open_studio(manager, name).take("指定领军人才账号", lead=lead)
    factories.plan("approved", home=Studio.objects.get(lead=lead))
    open_studio(manager, name).take(
        "登记协议", number="领军工作室〔2025〕01号", signed_by_province="冯志远", signed_by_host="李主任",
        site="西湖区青禾服务中心二楼，约四十平方米", goals="三年带教社会工作者不少于十五名。",
    )  # fmt: skip
    manager.take("开始运行")


def request_instalment(lead: Visitor, name: str) -> None:
    open_studio(lead, name).follow("申请第1期").fill(note="用于培训督导。")
    lead.press("申请拨款").reads("已办理：申请拨款")


def approve_instalment(manager: Visitor, name: str) -> None:
    manager.follow("经费", within=NAV).follow_in_row(name, "第1期").take("批准拨款")


def pay_instalment(finance: Visitor, name: str, voucher: str) -> None:
    finance.follow("经费", within=NAV).follow_in_row(name, "第1期").take("登记支付", voucher=voucher)


def submit_report(lead: Visitor, name: str, report: str) -> None:
    open_studio(lead, name).follow(report).take(
        "提交报告", activities_held=4, people_served=180, mentees=5, spent="8000.00",
        results="按计划开展督导四场。", next_steps="继续开展督导。", difference="活动按纸质台账填报。",
    )  # fmt: skip


def accept_report(manager: Visitor, name: str, report: str) -> None:
    open_studio(manager, name).follow(report).take("审核通过", remarks="情况属实，予以通过。")
