"""A real browser before a real server: one context a person, a clock that a visitor moves, nothing left unwatched."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.journeys.pages import PATIENCE, Visitor
from workflow import clock
from workflow.models import DemoClock

PASSWORD = "a-long-password"  # of every account made by the factories


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file: the server answers several requests of a page at once, each on its own connection."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


@pytest.fixture
def demo(settings) -> Iterator[None]:
    """A demo: its clock can be moved, and its accounts stand on the sign-in page."""
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["accounts.demo.DemoPasswordHasher", *settings.PASSWORD_HASHERS]
    clock.forget_offset()
    yield
    clock.forget_offset()


@pytest.fixture
def set_clock(demo: None, db: None) -> Callable[[datetime], None]:
    """Where the clock stands when the journey begins, whatever the day on which the test runs."""

    def set_to(present: datetime) -> None:
        seconds = int((present - datetime.now(clock.ZONE)).total_seconds())
        DemoClock.objects.update_or_create(pk=1, defaults={"seconds": seconds})
        clock.forget_offset()

    return set_to


@pytest.fixture
def visit(
    browser: Browser, live_server: LiveServer, demo: None, tmp_path: Path
) -> Iterator[Callable[..., Visitor]]:
    """Somebody before an own browser. What their pages complain of fails the test at its end."""
    visitors: list[Visitor] = []

    def arrive(name: str = "公众", width: int = 1440) -> Visitor:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 900}, locale="zh-CN"
        )
        context.set_default_timeout(PATIENCE)
        visitors.append(Visitor(context.new_page(), name))
        return visitors[-1]

    yield arrive
    complaints = [f"{visitor.name}: {words}" for visitor in visitors for words in visitor.complaints]
    for visitor in visitors:
        visitor.page.context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def sign_in(visit: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """Somebody who signs in with name and password, as everybody does."""

    def enter(user: User, password: str = PASSWORD, width: int = 1440) -> Visitor:
        visitor = visit(user.name, width)
        visitor.open("/accounts/sign-in")
        visitor.page.fill("#id_username", user.username)
        visitor.page.fill("#id_password", password)
        visitor.press("登录", exact=True, first=True)
        visitor.page.wait_for_url("**/home/")
        return visitor

    return enter


@pytest.fixture
def move_clock() -> Callable[[Visitor, str], None]:
    """The clock in the page header, moved by whoever is signed in."""

    def move(visitor: Visitor, by: str) -> None:
        visitor.page.fill("#demo-by", by)
        visitor.press("调整", within=".lx-demo")

    return move
