"""The page of components, for whoever writes pages. Invented data; in demo and debugging only."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workflow import clock
from workflow.machine import OpenStep, Policy, Step

STATES = (
    ("草稿", "", "pencil"),
    ("退回补充", "orange", "arrow-back-up"),
    ("县级审核", "brand", "building-community"),
    ("不予推荐", "bad", "circle-x"),
    ("补正中", "warn", "file-pencil"),
    ("初审合格", "ok", "circle-check"),
    ("专家评审中", "violet", "users-group"),
    ("已认定", "solid", "certificate"),
    ("已撤销", "red", "certificate-off"),
    ("未开始", "line", "circle-dashed"),
    ("异议核查", "hold", "lock"),
)
STEPPER = (
    {"label": "申报", "note": "8月24日 – 10月10日", "note2": "45名已推荐", "state": "done"},
    {"label": "初审", "note": "10月12日 – 10月23日", "note2": "42名合格", "state": "done"},
    {"label": "评审", "note": "10月29日 – 11月11日", "note2": "191 / 294份已交", "state": "now"},
    {"label": "公示", "note": "5个工作日", "state": ""},
    {"label": "认定", "note": "10个工作日内", "state": ""},
    {"label": "公布", "note": "3个工作日内", "state": ""},
)
RULES = (
    {
        "title": "证书持有满3年",
        "detail": "E04 · 批准日期2023年10月12日，差2天",
        "state": "fail",
        "advice": "满足日期为2026年10月12日，晚于基准日。",
    },
    {
        "title": "单位公示满5个工作日",
        "detail": "9月8日张贴，当日不计",
        "state": "wait",
        "advice": "9月16日00:00起满足。",
    },
    {"title": "直接从业满5年", "detail": "E05 · 8年2个月", "state": "pass"},
    {"title": "无处分、无失信", "detail": "由推荐单位核实", "state": "person"},
)
TASKS = (
    {"title": "1. 基本信息", "url": "#", "note": "姓名、出生年月、联系方式", "state": "done"},
    {"title": "2. 职业资格证书", "url": "#", "note": "社会工作师（中级）", "state": "wrong"},
    {"title": "3. 主要事迹", "url": "#", "note": "1,386 / 2,000字", "state": "started"},
    {"title": "4. 工作室建设设想", "url": "#", "state": ""},
    {"title": "5. 提交申报", "url": "#", "state": "unsent"},
)
PEOPLE = [
    dict(zip(("number", "name", "unit", "city", "score", "money"), row, strict=True))
    for row in (
        ("2026-0001", "沈知禾", "临江区明泉社会工作服务中心 · 主任", "杭州市", Decimal("88.585"), 25000),
        ("2026-0002", "陆沐言", "甬南青帆社会工作事务所 · 总干事", "宁波市", Decimal("86.1"), 15000),
        ("2026-0003", "周砚秋", "瓯岚社区 · 党委书记", "温州市", None, None),
    )
]


class SampleForm(forms.Form):
    """One field of each kind."""

    unit = forms.CharField(label="工作单位全称", max_length=80)
    code = forms.CharField(
        label="统一社会信用代码", help_text="登记证书上的18位代码", min_length=18, max_length=18
    )
    approved_on = forms.DateField(label="证书批准日期")
    amount = forms.DecimalField(label="申请金额（元）", max_digits=12, decimal_places=2, required=False)
    domain = forms.ChoiceField(
        label="服务领域", choices=[("", "请选择"), ("elderly", "老年"), ("child", "儿童")]
    )
    summary = forms.CharField(
        label="公示简介",
        help_text="公示时公开，200字以内",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    verdict = forms.ChoiceField(
        label="初审结论",
        choices=[("yes", "符合"), ("no", "不符合"), ("fix", "需要补正")],
        widget=forms.RadioSelect,
    )
    duties = forms.MultipleChoiceField(
        label="任职",
        required=False,
        choices=[("a", "理事长"), ("b", "督导")],
        widget=forms.CheckboxSelectMultiple,
    )
    proof = forms.FileField(label="佐证材料", required=False, help_text="PDF或图片，20 MB以内")
    agreed = forms.BooleanField(label="我单独同意公示本人姓名、单位和职务")


def _step(name: str, label: str, tone: str, consequence: str = "") -> Step:
    return Step(name, label, Policy(()), (), (), tone=tone, consequence=consequence)


def _steps() -> list[dict[str, Any]]:
    submit = _step("submit", "提交申报", "primary", "提交后进入县级审核，退回前不能修改。")
    return [
        {"step": OpenStep(submit), "url": "#"},
        {"step": OpenStep(_step("withdraw", "撤回申报", "quiet")), "url": "#"},
        {
            "step": OpenStep(
                _step("determine", "提交认定决定", "primary"), "还有1份异议未办结，不能认定", "held"
            ),
            "url": "#",
        },
    ]


def _todos() -> list[dict[str, Any]]:
    now = clock.now()
    rows = (
        ("湖畔工作室第二期经费暂缓，待答复", "报告逾期21个工作日", now - timedelta(days=1), "bad"),
        ("专家04申请回避2份，等待监督员见证补抽", "候补专家2名", now + timedelta(hours=2), "orange"),
        ("复核申请：初审不合格1件", "须由未参与初审的人员答复", now + timedelta(days=6), ""),
    )
    return [{"title": t, "url": "#", "note": note, "due": due, "tone": tone} for t, note, due, tone in rows]


def _history() -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {"title": "提交评分表", "by": "专家编号07", "at": now - timedelta(days=2), "state": "done"},
        {"title": "退回补充", "by": "丁经办", "at": now, "note": "证书日期", "state": "stop"},
        {"title": "公布链头", "note": "待办"},
    ]


def _context() -> dict[str, Any]:
    now = clock.now()
    return {
        "states": STATES,
        "stepper": STEPPER,
        "rules": RULES,
        "tasks": TASKS,
        "people": PEOPLE,
        "steps": _steps(),
        "todos": _todos(),
        "history": _history(),
        "soon": now + timedelta(hours=30),
        "later": now + timedelta(days=9),
        "past": now - timedelta(days=3),
        "file": {
            "name": "社会工作师证书.pdf",
            "note": "专家可见 · 1.2 MB",
            "icon": "file-certificate",
            "url": "#",
        },
        "answers": [("证书", "社会工作师（中级）"), ("一线年限", "11年4个月"), ("备注", None)],
        "page": Paginator(range(260), 25).get_page(4),
    }


def show(request: HttpRequest) -> HttpResponse:
    """Every component; `?wrong` shows the form with its errors."""
    form = SampleForm({"code": "52330100MJ8X4417X"}) if "wrong" in request.GET else SampleForm()
    return render(request, "styleguide.html", {**_context(), "form": form})
