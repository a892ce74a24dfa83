"""A dossier before a real browser: the line cut in the middle, by keyboard alone, on a phone."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from selection.models import Nomination
from tests import factories
from tests.journeys.stages import ELIGIBLE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OFFLINE = "未保存，网络中断"
PATIENCE = 15_000


@pytest.fixture
def draft(set_clock):
    set_clock(factories.NOON)
    return factories.nomination("draft", phone="13912345678")


@pytest.fixture
def clerk(draft, sign_in):
    return sign_in(factories.user("unit_clerk", organisation=draft.unit, name="单位经办"))


def address(row, section):
    return f"/nominations/{row.pk}/edit/{section}/"


def says(visitor, words):
    expect(visitor.page.locator("[data-status]")).to_contain_text(words, timeout=PATIENCE)


def cut(visitor):
    """No line: what the browser says about it is no fault of the page."""
    visitor.page.context.set_offline(True)


def mended(visitor):
    visitor.page.context.set_offline(False)
    visitor.complaints[:] = [
        words for words in visitor.complaints if "ERR_INTERNET_DISCONNECTED" not in words
    ]


def test_what_is_typed_while_the_line_is_cut_reaches_the_server_when_it_returns(clerk, draft):
    clerk.open(address(draft, "story"))
    text = clerk.page.locator("#id_achievements")
    text.fill("线断以前写的。")
    says(clerk, "已保存")
    cut(clerk)
    text.press_sequentially("线断期间写的。")
    says(clerk, OFFLINE)
    text.press_sequentially("还在写。")
    clerk.page.wait_for_timeout(2000)
    assert Nomination.objects.get().achievements == "线断以前写的。"
    mended(clerk)
    says(clerk, "已保存")
    assert Nomination.objects.get().achievements.endswith("线断期间写的。还在写。")
    assert Nomination.objects.get().state == "draft"


def test_what_was_typed_without_a_line_is_there_after_the_page_was_closed(clerk, draft):
    clerk.open(address(draft, "practice"))
    cut(clerk)
    clerk.page.get_by_role("button", name="增加一行从业经历").click()
    clerk.page.locator("[name='intervals-1-started']").fill("2012-01-01")
    clerk.page.locator("[name='intervals-1-unit']").fill("甲中心")
    says(clerk, OFFLINE)
    again = clerk.page.context.new_page()
    clerk.page.close()
    again.context.set_offline(False)
    assert draft.intervals.count() == 1
    again.goto(address(draft, "practice"))
    expect(again.locator("[data-status]")).to_contain_text("已保存", timeout=PATIENCE)
    assert again.locator("[name='intervals-1-unit']").input_value() == "甲中心"
    clerk.complaints.clear()
    assert [row.unit for row in draft.intervals.all()][1] == "甲中心"


def test_two_tabs_do_not_write_over_each_other_unseen(clerk, draft):
    clerk.open(address(draft, "studio"))
    other = clerk.page.context.new_page()
    other.goto(address(draft, "studio"))
    other.locator("#id_studio_site").fill("另一窗口写的")
    expect(other.locator("[data-status]")).to_contain_text("已保存", timeout=PATIENCE)
    clerk.page.locator("#id_studio_site").fill("这一窗口写的")
    clerk.reads("他人已修改本节").reads("现有内容：另一窗口写的").reads("我填的：这一窗口写的")
    assert Nomination.objects.get().studio_site == "另一窗口写的"
    clerk.page.get_by_role("button", name="按以上选择保存").click()
    says(clerk, "已保存")
    assert Nomination.objects.get().studio_site == "这一窗口写的"
    other.locator("#id_studio_team").fill("六人")
    other.get_by_role("button", name="采用现有的“场地”").click()
    other.get_by_role("button", name="按以上选择保存").click()
    expect(other.locator("[data-status]")).to_contain_text("已保存", timeout=PATIENCE)
    row = Nomination.objects.get()
    assert (row.studio_site, row.studio_team) == ("这一窗口写的", "六人")
    other.close()
    clerk.complaints[:] = [words for words in clerk.complaints if "409" not in words]


# By keyboard alone ----------------------------------------------------------------------------------------------------


class Keys:
    """Somebody without a mouse: Tab until the thing has the focus, then type."""

    def __init__(self, visitor):
        self.visitor, self.page = visitor, visitor.page

    def reach(self, selector):
        for _press in range(150):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return self
        raise AssertionError(f"{selector} is out of the keyboard's reach on {self.page.url}")

    def write(self, name, value):
        self.reach(f"[name='{name}']")
        kind = self.page.evaluate("document.activeElement.type")
        if kind == "checkbox":
            self.page.keyboard.press("Space")
        elif kind == "date":
            self.page.keyboard.type(f"{value:%m%d%Y}")
        elif kind == "select-one":
            self._choose(value)
        else:
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(str(value))
        return self

    def _choose(self, value):
        self.page.keyboard.press("Home")
        for _press in range(20):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no {value}")

    def leave(self, key="Enter"):
        self.visitor.leave(lambda: self.page.keyboard.press(key))
        return self

    def link(self, path):
        return self.reach(f"main a[href$='{path}']").leave()

    def send(self):
        return self.reach("main form .lx-formfoot .btn-primary").leave()


SECTIONS = {
    "basic": {"ethnicity": "汉族", "politics": "masses", "education": "bachelor", "phone": "13900000000"},
    "posts": {"field": "children", "posts-0-title": "总干事"},
    "certificate": {"certificate_number": "2018000001"},
    "practice": {"intervals-0-duty": "儿童社会工作"},
    "service": {
        "service_records-0-year": 2025, "service_records-0-beneficiaries": 800, "service_records-0-outcome": "服务落地。",
    },
    "story": {"achievements": "从事儿童社会工作十年。", "summary": "长期从事困境儿童社会工作。"},
    "studio": {
        "studio_plan": "建立督导小组。", "studio_team": "五名社会工作师。", "studio_site": "中心二楼",
        "budget_lines-0-head": "training", "budget_lines-0-amount": "20000",
    },
    "unit": {
        "unit_opinion": "同意推荐。", "unit_notice_from": date(2026, 8, 10), "unit_notice_until": date(2026, 8, 20),
        "unit_notice_place": "单位公告栏", "unit_notice_proof": "照片两张", "unit_notice_objections": "none",
    },
    "declarations": dict.fromkeys(
        ("truth_declared_at", "conflict_declared_at", "privacy_read_at", "publication_consent_at"), True
    ),
}  # fmt: skip


def test_the_whole_nomination_by_keyboard_alone(set_clock, sign_in):
    set_clock(factories.NOON)
    orgs = factories.tree()
    factories.round_()
    visitor = sign_in(factories.user("unit_clerk", organisation=orgs["unit"], name="单位经办"))
    visitor.open("/nominations/new")
    keys = Keys(visitor)
    keys.write("name", "沈雨晴").write("id_number", factories.id_number())
    for name, value in ELIGIBLE.items():
        keys.write(name, value)
    keys.send()
    visitor.reads("沈雨晴的申报材料")
    for slug, values in SECTIONS.items():
        keys.link(f"/edit/{slug}/")
        for name, value in values.items():
            keys.write(name, value)
        keys.send()
        visitor.reads("已保存：")
    keys.link("/check").send()
    visitor.reads("已办理：提交申报")
    assert Nomination.objects.get().state == "county_review"


def test_lines_are_added_moved_and_removed_by_keyboard(clerk, draft):
    clerk.open(address(draft, "posts"))
    keys = Keys(clerk)
    keys.reach("[name=add_row]")
    clerk.page.keyboard.press("Enter")
    clerk.page.keyboard.type("乙学院")
    keys.write("posts-1-title", "副教授").reach("[name=up_row][value='posts:1']")
    clerk.page.keyboard.press("Enter")
    says(clerk, "已保存")
    assert Nomination.objects.get().affiliations[0] == "乙学院副教授"
    keys.reach("[name=remove_row][value='posts:0']")
    clerk.page.keyboard.press("Enter")
    keys.send()
    assert Nomination.objects.get().affiliations == [f"{draft.unit.name}总干事"]


# On a phone -----------------------------------------------------------------------------------------------------------


def test_no_page_of_the_form_runs_over_at_390_pixels(draft, sign_in):
    visitor = sign_in(factories.user("unit_clerk", organisation=draft.unit, name="单位经办"), width=390)
    paths = ["/nominations/new", f"/nominations/{draft.pk}/", f"/nominations/{draft.pk}/check"]
    paths += [address(draft, slug) for slug in (*SECTIONS, "awards")]
    for path in paths:
        visitor.open(path)
        over = visitor.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over == 0, path
