"""One nominee scored by the keyboard alone in fewer than twenty strokes, with the line cut once, on a desk and a phone."""

import re

import pytest
from playwright.sync_api import expect

from selection.models import ScoreSheet
from tests.selection import stage as stages
from workflow import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST = 20
DIGITS = "848892768085"
MARKS = {"A": "84.0", "B": "88.0", "C": "92.0", "D": "76.0", "E": "80.0", "F": "85.0"}


@pytest.fixture
def duty(set_clock):
    set_clock(stages.REVIEW)
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        stages.accepted(duty)
    return duty


class Keys:
    """A keyboard that counts its strokes; a chord is one."""

    def __init__(self, page):
        self.page, self.strokes = page, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1


def status(visitor):
    return visitor.page.locator("[data-status]")


@pytest.mark.parametrize("width", [1440, 390])
def test_one_nominee_by_keyboard_alone_with_the_line_cut_once(duty, sign_in, width):
    visitor = sign_in(duty.expert.user, width=width)
    page, context = visitor.page, visitor.page.context
    visitor.open(f"/panel/{duty.pk}/")
    keys = Keys(page)
    if width == 390:
        expect(page.locator(".lx-peek")).to_contain_text("打开评分")
        expect(page.locator("#id_mark_A")).not_to_be_visible()
        keys.press("Alt+0")
        assert page.locator("form[data-sheet]").bounding_box()["height"] <= 0.8 * 900 + 1
        assert page.locator("#id_mark_A").get_attribute("inputmode") == "decimal"
    context.set_offline(True)
    keys.press(*DIGITS)
    expect(status(visitor)).to_contain_text("网络中断")
    expect(status(visitor)).to_be_visible()
    assert ScoreSheet.objects.get().revision == 0
    context.set_offline(False)
    expect(status(visitor)).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    expect(page.locator("[data-points]").first).to_have_text("84.70")
    visitor.leave(lambda: keys.press("Control+Enter")).reads("确认提交评分表")
    visitor.leave(lambda: keys.press("Enter")).reads("已提交评分表，回执第").reads("请保存回执")
    assert keys.strokes < MOST
    sheet = ScoreSheet.objects.get()
    assert sheet.state == "submitted" and sheet.content["marks"] == MARKS
    visitor.complaints = [words for words in visitor.complaints if "ERR_INTERNET_DISCONNECTED" not in words]


def test_the_jump_goes_back_for_a_half_waits_for_a_hundred_and_can_be_switched_off(duty, sign_in):
    visitor = sign_in(duty.expert.user)
    page = visitor.page
    visitor.open(f"/panel/{duty.pk}/")
    keys = Keys(page)

    def mark(code):
        return page.locator(f"#id_mark_{code}")

    keys.press("8", "4", ".", "5", "Tab", "1", "0", "0", "7", "0")
    assert [mark(code).input_value() for code in "ABC"] == ["84.5", "100", "70"]
    page.keyboard.insert_text("８８")
    expect(mark("E")).to_be_focused()
    keys.press("1", "0", "1")
    expect(mark("E")).to_have_attribute("aria-invalid", "true")
    assert mark("E").input_value() == "101"  # it stays, and is named
    visitor.reads("应为0至100之间的分数")
    keys.press("Tab", "9", "0", ".", "5")  # beyond the last: the point still finds the way back
    assert mark("F").input_value() == "90.5"
    page.locator("[data-jump]").uncheck()
    visitor.open(f"/panel/{duty.pk}/")
    expect(page.locator("[data-jump]")).not_to_be_checked()
    mark("A").focus()
    mark("A").select_text()
    keys.press("7", "7")
    expect(mark("A")).to_be_focused()


def test_two_pages_of_one_sheet_ask_which_one_stays(duty, sign_in):
    visitor = sign_in(duty.expert.user)
    first = visitor.page
    visitor.open(f"/panel/{duty.pk}/")
    second = first.context.new_page()
    second.goto(f"/panel/{duty.pk}/")
    first.locator("#id_mark_A").press_sequentially("84")
    expect(first.locator("[data-status]")).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    second.locator("#id_mark_A").press_sequentially("71")
    choice = second.locator("[data-two]")
    expect(choice).to_contain_text("保留哪一份")
    expect(choice).to_contain_text("本页71，已保存84")
    choice.get_by_role("button", name="保留本页的").click()
    expect(second.locator("[data-status]")).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    assert ScoreSheet.objects.get().content["marks"]["A"] == "71"
    first.locator("#id_mark_B").press_sequentially("60")
    first.locator("[data-two]").get_by_role("button", name="采用已保存的").click()
    assert first.locator("#id_mark_A").input_value() == "71"
    visitor.complaints = [words for words in visitor.complaints if "409" not in words]


def test_an_expired_session_keeps_what_was_typed(duty, sign_in):
    visitor = sign_in(duty.expert.user)
    page = visitor.page
    visitor.open(f"/panel/{duty.pk}/")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.locator("#id_mark_A").press_sequentially("84")
    expect(status(visitor)).to_contain_text("登录已过期")
    page.context.add_cookies(cookies)  # signed in again in another page
    expect(status(visitor)).to_contain_text(re.compile(r"已保存 \d\d:\d\d"))
    assert ScoreSheet.objects.get().content["marks"]["A"] == "84"
    visitor.complaints = [words for words in visitor.complaints if "403" not in words]
