"""The pool is searched while typing, and without a script by Enter."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def manager(set_clock):
    set_clock(factories.NOON)
    for number in range(30):
        factories.expert(name=f"郑老师{number}")
    factories.expert(name="周教授")
    return factories.user("manager")


def test_the_manager_finds_an_expert_while_typing(manager, sign_in):
    visitor = sign_in(manager)
    visitor.open("/office/experts/")
    rows = visitor.page.locator("#e-rows tbody tr")
    expect(rows).to_have_count(25)
    visitor.page.locator("#q").press_sequentially("周教", delay=30)
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("周教授")
    assert "q=%E5%91%A8" in visitor.page.url
    visitor.page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
