"""Everybody's pages: each account of the demo opens its home page and every entry of its navigation.

At the width of a desk and of a phone, in both languages: answered, named, nothing beside the page, nothing complained of.
"""

from __future__ import annotations

import pytest

from accounts.demo import PASSWORD, accounts
from accounts.models import User
from accounts.roles import Role
from config import demo as demo_data

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (1440, 390)
LANGUAGES = {"zh-hans": "zh-CN", "en": "en"}


@pytest.fixture
def loaded(demo):
    """The demo during a notice period, with one account a role."""
    demo_data.load("notice")
    first = {}
    for account in accounts():
        role = User.objects.get(username=account.username).grants.order_by("pk")[0].role
        first.setdefault(role, account)
    assert first.keys() == set(Role.values)
    return first


def faults_of(visitor, address, language):
    """What is wrong with the page at this address, at both widths."""
    page = visitor.page
    answer = page.goto(address)
    found = [] if answer.status == 200 else [f"answered {answer.status}"]
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} first headings")
    if page.locator("html").get_attribute("lang") != language:
        found.append(f"lang is {page.locator('html').get_attribute('lang')}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{wide} px wide at {width}")
    return [f"{visitor.name} {address} {language}: {fault}" for fault in found]


def speak(visitor, code):
    """Change the language as a reader does: with the switch in the menu of the header."""
    visitor.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    if visitor.page.locator("html").get_attribute("lang") != LANGUAGES[code]:
        visitor.page.locator("details.lx-menu summary").click()
        visitor.press({"zh-hans": "中文", "en": "English"}[code], within="details.lx-menu")


def test_every_role_opens_every_entry_of_its_navigation_at_both_widths_in_both_languages(loaded, sign_in):
    faults = []
    for account in loaded.values():
        visitor = sign_in(User.objects.get(username=account.username), PASSWORD)
        links = visitor.page.locator(".lx-nav a")
        addresses = [link.get_attribute("href") for link in links.all()]
        assert addresses[0] == "/home/"
        for code, language in LANGUAGES.items():
            speak(visitor, code)
            for address in addresses:
                faults += faults_of(visitor, address, language)
        visitor.page.context.close()
    assert faults == []
