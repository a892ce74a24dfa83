"""A reviewer's work without the mouse: next, conclude, note; and typing stays typing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from selection.models import QualificationReview
from tests.selection import stage as stages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(set_clock):
    set_clock(stages.SCREENING)
    return stages.screening(3)


def focused(visitor):
    return visitor.page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def rules_without_answer(visitor):
    script = "rules => rules.filter(r => !r.querySelector('input:checked')).map(r => r.textContent)"
    return visitor.page.eval_on_selector_all("fieldset[data-rule]", script)


def test_a_reviewer_goes_through_the_queue_by_keyboard_alone(scene, sign_in):
    visitor = sign_in(scene.reviewers[0])
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    keys = visitor.page.keyboard
    visitor.open("/office/screening/")
    names = [row.nominee.name for row in scene.nominations]
    keys.press("j")
    assert focused(visitor) == names[0]
    keys.press("j")
    assert focused(visitor) == names[1]
    keys.press("k")
    visitor.leave(lambda: keys.press("Enter"))
    visitor.reads(names[0])
    keys.press("a")
    visitor.reads("须由您逐条判断")
    unanswered = rules_without_answer(visitor)
    assert unanswered, "what only a person can judge is not answered by one press"
    keys.press("t")
    keys.type("apx 已核对原件")
    keys.press("Escape")
    for _ in unanswered:
        keys.press("p")
    assert rules_without_answer(visitor) == []
    keys.press("y")
    keys.press("m")
    keys.type("njky 材料齐全")
    expect(visitor.page.locator("#id_reason")).to_have_value("njky 材料齐全")
    assert visitor.page.locator("[name=verdict]:checked").get_attribute("value") == "qualified"
    visitor.leave(lambda: keys.press("Control+Shift+Enter"))
    review = QualificationReview.objects.get()
    assert (review.state, review.verdict, review.reason) == ("concluded", "qualified", "njky 材料齐全")
    assert [one["note"] for one in review.findings if one["note"]] == ["apx 已核对原件"]
    visitor.reads(names[1])
    visitor.leave(lambda: keys.press("ArrowRight"))
    visitor.reads(names[2])
    visitor.leave(lambda: keys.press("k"))
    visitor.reads(names[1])
    visitor.leave(lambda: keys.press("u"))
    visitor.reads("资格初审")


def test_the_keys_are_listed_and_can_be_switched_off(scene, sign_in):
    visitor = sign_in(scene.reviewers[0])
    visitor.open(f"/office/screening/{scene.nominations[0].pk}/")
    keys, page = visitor.page.keyboard, visitor.page
    keys.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("#keys-off").check()
    keys.press("Escape")
    keys.press("y")
    assert page.locator("[name=verdict]:checked").count() == 0
    keys.press("?")
    page.locator("#keys-off").uncheck()
    keys.press("Escape")
    keys.press("y")
    assert page.locator("[name=verdict]:checked").get_attribute("value") == "qualified"


def test_a_word_being_composed_is_no_command(scene, sign_in):
    visitor = sign_in(scene.reviewers[0])
    visitor.open(f"/office/screening/{scene.nominations[0].pk}/")
    visitor.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'y', isComposing: true, bubbles: true}))"
    )
    assert visitor.page.locator("[name=verdict]:checked").count() == 0


@pytest.mark.parametrize("path", ["/nominations/", "/nominations/views/", "/office/screening/", "/office/screening/reasons"])  # fmt: skip
def test_no_list_runs_over_at_390_pixels(scene, sign_in, path):
    visitor = sign_in(scene.reviewers[0], width=390)
    visitor.open(path)
    over = visitor.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert over <= 0
