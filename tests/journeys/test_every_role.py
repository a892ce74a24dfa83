"""Everybody's pages: each account of the demo opens its home page, every entry of its navigation and the first line of
each list; the public opens the public site.

At the width of a desk and of a phone, in both languages: answered, named, nothing beside the page, nothing complained of.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from accounts.demo import PASSWORD, accounts
from accounts.models import User
from accounts.roles import Role
from config import demo as demo_data
from selection.models import PublicNotice
from workflow import clock

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
    pytest.mark.xdist_group("demo"),  # its data are loaded once
]

WIDTHS = (1440, 390)
LANGUAGES = {"zh-hans": "zh-CN", "en": "en"}
SWITCH = {"zh-hans": "中文", "en": "English"}
MENU = "details.lx-menu:not([name])"  # the reader's own, not those of the navigation
FIRST_LINE = "main tbody th a, main tbody td a"
PUBLIC = (
    "/", "/notices/", "/roll", "/certificate", "/results/2024/", "/calls/2026/", "/objections/status", "/ledger",
    "/accounts/sign-in",
)  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the loaded data are kept from one test to the next."""
    return tmp_path_factory.mktemp("demo") / "loaded.sqlite3"


def load_once(kept):
    """The demo's data, loaded; the second time, as they were then."""
    if not kept.exists():
        demo_data.load("notice")
        with closing(sqlite3.connect(kept)) as copy:
            connection.connection.backup(copy)
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(kept)) as copy:
        copy.backup(connection.connection)
    clock.forget_offset()


@pytest.fixture
def loaded(demo, kept):
    """The demo during a notice period, with one account a role."""
    load_once(kept)
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


def speak(visitor, code, *, within):
    """Change the language as a reader does: with the switch in the header of the first page."""
    visitor.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    visitor.open("/home/" if within == MENU else "/")
    if visitor.page.locator("html").get_attribute("lang") == LANGUAGES[code]:
        return
    if within == MENU:
        visitor.page.locator(f"{MENU} summary").click()
    visitor.leave(visitor.page.locator(within).get_by_text(SWITCH[code]).click)


def first_line(visitor):
    """Where the first line of the list on this page leads, if there is one."""
    links = visitor.page.locator(FIRST_LINE)
    return [links.first.get_attribute("href")] if links.count() else []


def faults_of_account(account, sign_in):
    visitor = sign_in(User.objects.get(username=account.username), PASSWORD)
    entries = [link.get_attribute("href") for link in visitor.page.locator(".lx-nav a").all()]
    assert entries[0] == "/home/"
    addresses = dict.fromkeys([*entries, "/todo/", "/messages/", "/accounts/me"])
    faults, lines = [], []
    for address in addresses:
        faults += faults_of(visitor, address, "zh-CN")
        lines += first_line(visitor)
    faults += faults_of_all(visitor, [line for line in lines if line not in addresses], "zh-hans")
    faults += faults_of_all(visitor, dict.fromkeys([*addresses, *lines]), "en")
    visitor.page.context.close()
    return faults


def faults_of_all(visitor, addresses, code, *, within=MENU):
    speak(visitor, code, within=within)
    return [fault for address in addresses for fault in faults_of(visitor, address, LANGUAGES[code])]


def faults_of_public_site(visitor):
    number = PublicNotice.objects.get(state="posted").number
    addresses = [*PUBLIC, f"/notices/{number}/", f"/objections/new?notice={number}"]
    return [fault for code in LANGUAGES for fault in faults_of_all(visitor, addresses, code, within="header")]


@pytest.mark.parametrize("half", [0, 1])
def test_everybody_opens_their_pages_at_both_widths_in_both_languages(loaded, sign_in, visit, half):
    faults = faults_of_public_site(visit()) if half == 0 else []
    for account in list(loaded.values())[half::2]:
        faults += faults_of_account(account, sign_in)
    assert not faults, "\n".join(faults)
