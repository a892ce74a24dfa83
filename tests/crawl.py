"""Whoever may see something must be the only one: walk everything there is as a reader, and look for planted words.

`leaks(readers, words)` asks, as each reader, every address that the URL configuration knows (filled with the rows at hand),
every link that the pages show, every API list, record and step; files are opened (sheets, Word, PDF) before they are searched.
What a POST would change is rolled back.
"""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from itertools import islice, product
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import ApiToken, User
from workflow import clock, collections
from workflow.machine import Machine, steps_of

LEFT_OUT = ("accounts/sign-out", "accounts/language", "language/", "demo-clock/", "static/")
ROWS = 2  # of each kind of thing, the newest: enough for every page to have something to show
LINKS = 40  # followed for one reader
# Which rows an address names, by how it begins; the first that fits. What is not listed is asked with the rows of all.
ROWS_OF: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("office/accounts/", ("accounts.User",)),
    ("jobs/", ("workflow.Job",)),
    ("office/rulebook-changes/", ("selection.RulebookChange",)),
    ("office/federations/", ("accounts.Organisation",)),
    ("nominations/issues/", ("selection.Objection",)),
    ("nominations/rechecks/", ("selection.RecheckRequest",)),
    ("nominations/exports/", ("selection.ExportRequest",)),
    ("nominations/views/", ("selection.SavedView",)),
    ("nominations/import/", ("workflow.Job",)),
    ("nominations/bulk/", ("selection.BulkRun",)),
    ("nominations/", ("selection.Nomination",)),
    ("office/screening/", ("selection.Nomination", "selection.QualificationReview")),
    ("office/experts/import/", ("workflow.Job",)),
    ("office/experts/", ("selection.Expert",)),
    ("panel/", ("selection.Assignment", "selection.ScoreSheet")),
    ("office/draw/", ("selection.Panel",)),
    ("office/seats/", ("selection.Panelist",)),
    ("office/scoring/sheets/", ("selection.ScoreSheet",)),
    ("office/scoring/", ("selection.Expert",)),
    ("recusals/", ("selection.RecusalRequest",)),
    ("office/results/", ("selection.Nomination", "selection.Result")),
    ("ballots/", ("selection.Ballot",)),
    ("office/notices/", ("selection.PublicNotice",)),
    ("office/objections/", ("selection.Objection",)),
    ("office/determinations/", ("selection.Determination",)),
    ("office/certificates/", ("selection.Recognition",)),
    ("office/revocations/", ("selection.Recognition", "selection.Revocation")),
    ("waivers/", ("selection.Waiver",)),
    ("studios/", ("studios.Studio", "studios.ProgressReport")),
    ("office/instalments/", ("studios.Instalment",)),
)
NAMED = {  # what other parts of an address may be
    "what": ("units", "absences", "links", "duties", "aliases"),
    "section": ("person", "work", "proof", "basic", "practice"),
    "extension": ("pdf", "docx"),
    "ordinal": (1,),
    "row": (1,),
    "grant": (1,),
    "uid": ("x",),
    "token": ("x",),
    "url": ("x",),
    "app_label": ("selection",),
    "name": ("nothing",),  # each step of each thing is asked for by itself
}


@dataclass(frozen=True)
class Leak:
    """A planted word where it should not be."""

    reader: str
    method: str
    address: str
    word: str


@dataclass
class Walk:
    """What one reader was shown."""

    reader: str
    leaks: list[Leak] = field(default_factory=list)
    asked: int = 0
    shown: set[str] = field(default_factory=set)  # addresses that answered 200
    broken: list[tuple[str, int]] = field(default_factory=list)  # answers of 500 and above


@dataclass(frozen=True)
class Pattern:
    """One pattern of the URL configuration."""

    route: str
    parts: tuple[str, ...]


def walk(reader: User | None, words: Sequence[str], *, known: Iterable[str] = ()) -> Walk:
    """Everything that this reader can ask for. `known` are addresses that only a planted row has."""
    found = Walk(reader.username if reader else "public")
    client = Client(raise_request_exception=False)
    if reader is not None:
        client.force_login(reader)
    asker = _Asker(client, found, words)
    logging.disable(logging.ERROR)  # thousands of refusals are what is looked for
    try:
        asker.api(_token(reader) if reader is not None else {})
        pages = step_pages(found.shown) if reader is not None else ()
        asker.follow([*known, *addresses(admin=_reads_admin(client)), *pages])
    finally:
        logging.disable(logging.NOTSET)
    return found


def leaks(readers: Iterable[User | None], words: Sequence[str], *, known: Iterable[str] = ()) -> list[Leak]:
    """Every leak to any of these readers."""
    return [leak for reader in readers for leak in walk(reader, words, known=known).leaks]


def _reads_admin(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def _token(reader: User) -> Mapping[str, str]:
    token = ApiToken.new_token()
    ApiToken.objects.create(
        user=reader, digest=ApiToken.digest_of(token), expires_at=clock.now() + timedelta(days=1)
    )
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


# Addresses -----------------------------------------------------------------------------------------------------------


def addresses(*, admin: bool) -> Iterator[str]:
    """Every address that the URL configuration knows, filled with the rows at hand."""
    for pattern in patterns():
        if pattern.route.startswith(LEFT_OUT) or pattern.route.startswith("api/"):
            continue
        if pattern.route.startswith("admin/") and not (admin and _is_read(pattern)):
            continue
        yield from _filled(pattern)


def _is_read(pattern: Pattern) -> bool:
    """The tables' pages: what would add, delete or list changes refuses everybody, as the tests of the admin show."""
    return not pattern.route.endswith(("/add/", "/delete/", "/history/"))


def patterns() -> list[Pattern]:
    """Every pattern, in order."""
    return list(_under(get_resolver(), ""))


def _under(resolver: Any, route: str) -> Iterator[Pattern]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _under(entry, here)
        elif isinstance(entry, URLPattern):
            yield Pattern(here, tuple(re.findall(r"<(?:\w+:)?(\w+)>", here)))


def _filled(pattern: Pattern) -> Iterator[str]:
    choices = [_choices(pattern, part) for part in pattern.parts]
    for values in islice(product(*choices), 2):
        address = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", pattern.route).replace("^", "").replace("$", "")
        for value in values:
            address = re.sub(r"<(?:\w+:)?\w+>", str(value), address, count=1)
        yield "/" + address


def _choices(pattern: Pattern, part: str) -> Sequence[Any]:
    if part in NAMED:
        return NAMED[part]
    if part == "code":
        return _values("selection.Round", "code")
    if part == "number":
        return _values("selection.PublicNotice", "number")
    if part == "key":
        model = "selection.Evidence" if "evidence" in pattern.route else "selection.Attachment"
        return _values(model, "key")
    if part == "collection":
        return sorted(found.name for found in collections.all_collections())
    if part == "object_id":
        return _of_table(pattern)
    return _rows_named(pattern)


def _of_table(pattern: Pattern) -> Sequence[Any]:
    """A row of the table that an address of the administration shows."""
    if pattern.route.startswith("admin/r/"):
        return (1,)
    return _newest(apps.get_model(*pattern.route.split("/")[1:3]), 1)


def _rows_named(pattern: Pattern) -> Sequence[Any]:
    models_ = next((names for start, names in ROWS_OF if pattern.route.startswith(start)), ())
    return sorted({pk for name in models_ for pk in _values(name, "pk")}) or (1, 2, 3)


def _values(model: str, name: str) -> list[Any]:
    return list(apps.get_model(model)._default_manager.order_by("-pk").values_list(name, flat=True)[:ROWS])


def step_pages(shown: Collection[str]) -> Iterator[str]:
    """The page of each step of the newest rows that the reader sees; of the others one, to see that it is not there."""
    for found in collections.all_collections():
        for pk in _newest(found.model, ROWS):
            seen = f"/api/v1/{found.name}/{pk}" in shown
            steps = steps_of(found.model) if issubclass(found.model, Machine) else ()
            yield from (f"/steps/{found.name}/{pk}/{step.name}/" for step in steps[: None if seen else 1])


def _newest(model: type[models.Model], n: int) -> list[Any]:
    return list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:n])


# Asking --------------------------------------------------------------------------------------------------------------


class _Asker:
    """Asks as one reader and looks into every answer."""

    def __init__(self, client: Client, found: Walk, words: Sequence[str]) -> None:
        self.client, self.found = client, found
        self.words = {word: {word, json.dumps(word)[1:-1]} for word in words}

    def follow(self, start: Iterable[str]) -> None:
        """Ask for these addresses and for what the pages link to."""
        waiting = deque(start)
        seen, links = set(waiting), 0
        while waiting:
            address = waiting.popleft()
            response = self.ask("get", address)
            if response.status_code == 405:
                self.ask("post", address)
            if response.status_code == 200 and links < LINKS:
                new = [link for link in _links(response) if link not in seen]
                links += len(new)
                seen.update(new)
                waiting.extend(new)

    def api(self, token: Mapping[str, str]) -> None:
        """Every list, record and step of the API."""
        self.ask("get", "/api/v1/openapi.json", **token)
        for found in collections.all_collections():
            base = f"/api/v1/{found.name}"
            self.ask("get", f"{base}?page_size=200", **token)
            for pk in _newest(found.model, ROWS):
                seen = self.ask("get", f"{base}/{pk}", **token).status_code == 200
                self.ask("get", f"{base}/{pk}/steps", **token)
                for name in list(found.forms)[: None if seen else 1]:
                    self.ask("post", f"{base}/{pk}/steps/{name}", **token)

    def ask(self, method: str, address: str, **headers: Any) -> Any:
        """One request; what it changed is undone."""
        with suppress(_Undone), transaction.atomic():
            given = {"data": "{}", "content_type": "application/json"} if "/api/" in address else {}
            more = given if method == "post" else {}
            response = getattr(self.client, method)(address, **more, **headers)
            text = text_of(response)
            if method == "post":
                transaction.set_rollback(True)
        self._look(method, address, response, text)
        return response

    def _look(self, method: str, address: str, response: Any, text: str) -> None:
        self.found.asked += 1
        if response.status_code == 200:
            self.found.shown.add(address)
        if response.status_code >= 500:
            self.found.broken.append((address, response.status_code))
        for word, forms in self.words.items():
            if any(form in text for form in forms):
                self.found.leaks.append(Leak(self.found.reader, method, address, word))


class _Undone(Exception):
    """Nothing more to do."""


def _links(response: Any) -> list[str]:
    if "html" not in response.get("Content-Type", ""):
        return []
    found = re.findall(r'(?:href|src)="(/[^"#]*)', response.content.decode(errors="replace"))
    plain = [unescape(link) for link in found]
    return [link for link in plain if not link.startswith(("//", *(f"/{start}" for start in LEFT_OUT)))]


# Reading -------------------------------------------------------------------------------------------------------------


def text_of(response: Any) -> str:
    """All that an answer says: its headers, its body, and what is inside its file."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    heads = unquote("\n".join(f"{name}: {value}" for name, value in response.items()))
    cookies = unquote(response.cookies.output())
    return "\n".join((heads, cookies, *_inside(body)))


def _inside(body: bytes) -> Iterator[str]:
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield name
                yield from _inside(packed.read(name))
    elif body.startswith(b"%PDF"):
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(body))
        yield str(reader.metadata)
        for page in reader.pages:
            yield re.sub(r"\s+", "", page.extract_text())
    else:
        text = body.decode("utf-8", errors="replace")
        yield unescape(text)
        yield text.encode("latin-1", "ignore").decode("latin-1") if "\\u" in text else ""


def path_of(address: str) -> str:
    """An address without what follows its path."""
    return urlsplit(address).path
