"""What a person does with a page: open it, follow a link, fill in a form, press a button, read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from playwright.sync_api import Locator, Page, Response, expect

PATIENCE = 30_000  # milliseconds; the machine may be busy


class Visitor:
    """One person before one page. Every page must answer well; what the console complains of is kept."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> Visitor:
        """Go to an address."""
        self._answered(self.page.goto(path))
        return self

    def follow(self, name: str, *, within: str = "main", exact: bool = False) -> Visitor:
        """Click a link, the first of that name; one that is in a closed menu by opening it."""
        hidden = self.page.get_by_role("link", name=name, exact=exact, include_hidden=True)
        menu = self.page.locator(f"{within} details.lx-menu:not([open])").filter(has=hidden)
        if menu.count():
            menu.first.locator("summary").click()
        found = self.page.locator(within).get_by_role("link", name=name, exact=exact)
        return self.leave(found.first.click)

    def press(self, name: str, *, within: str = "main", exact: bool = False, first: bool = False) -> Visitor:
        """Press a button that sends its form."""
        found = self.page.locator(within).get_by_role("button", name=name, exact=exact)
        return self.leave((found.first if first else found).click)

    def row(self, words: str) -> Locator:
        """The line of a table that says this."""
        return self.page.get_by_role("row").filter(has_text=words)

    def follow_in_row(self, words: str, name: str) -> Visitor:
        """Click a link in the line of a table that says `words`."""
        return self.leave(self.row(words).first.get_by_role("link", name=name).first.click)

    def take(self, step: str, **fields: Any) -> Visitor:
        """Take a step: its button on the page, its form, its button again; the page says that it is done."""
        self.follow(step)
        self.fill(**fields)
        self.press(step, exact=True)
        return self.reads(f"已办理：{step}")

    def find_all_met(self) -> Visitor:
        """Every rule of a dossier under screening is met, those that only a person can judge among them."""
        for met in self.page.locator("input[type=radio][name^=result_][value=pass]").all():
            met.check()
        return self

    def fill(self, **fields: Any) -> Visitor:
        """Fill in fields by their names."""
        for name, value in fields.items():
            self._fill(self.page.locator(f'main [name="{name}"]'), value)
        return self

    @staticmethod
    def _fill(field: Locator, value: Any) -> None:
        kind = field.first.evaluate("field => field.type")
        if kind == "radio":
            field.and_(field.page.locator(f'[value="{value}"]')).check()
        elif kind == "checkbox" and isinstance(value, list):
            for one in value:
                field.and_(field.page.locator(f'[value="{one}"]')).check()
        elif kind == "checkbox":
            field.first.set_checked(bool(value))
        elif kind == "select-one":
            field.first.select_option(str(value))
        else:
            field.first.fill(_typed(value))

    def reads(self, words: str | re.Pattern[str]) -> Visitor:
        """The page says this, where it can be seen."""
        expect(self.page.locator("body").get_by_text(words).filter(visible=True).first).to_be_visible(
            timeout=PATIENCE
        )
        return self

    def does_not_read(self, words: str) -> Visitor:
        """The page says nothing of this."""
        expect(self.page.locator("main")).not_to_contain_text(words, timeout=PATIENCE)
        return self

    def leave(self, act: Callable[[], Any]) -> Visitor:
        """Do what brings another page."""
        with self.page.expect_navigation(timeout=PATIENCE, wait_until="domcontentloaded") as arrival:
            act()
        self._answered(arrival.value)
        return self

    def _answered(self, response: Response | None) -> None:
        assert response is not None and response.ok, f"{self.name}: {self._trouble(response)}"

    def _trouble(self, response: Response | None) -> str:
        status = response.status if response else "no answer"
        return f"{status} {self.page.url}\n{self.page.locator('body').inner_text()[:3000]}"


def _typed(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)
