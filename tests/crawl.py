"""Whoever may see something must be the only one: walk everything there is as a reader, and look for planted words.

`leaks(readers, words)` asks, as each reader, every address that the URL configuration knows (filled with the rows at hand),
a link of every kind that the pages show, every API list, record and step; files are opened (sheets, Word, PDF) before they
are searched. What a POST would change is rolled back. `answers(reader, addresses)` is what the reader is told, without what
differs between any two answers: to see that it does not depend on what the reader may not know.
"""

from __future__ import annotations

import json
import logging
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from itertools import islice, product
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from accounts.models import ApiToken, User
from tests.unpacked import body_of, inside, text_of
from workflow import clock, collections

LEFT_OUT = ("accounts/sign-out", "accounts/language", "language/", "demo-clock/", "static/")
LINKS = 40  # followed for one reader, each of a kind of its own
Rows = Mapping[str, Sequence[Any]]  # which rows of a model to ask for; of one not named, the newest
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
    "form": ("csv",),
    "year": (2026,),
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


def walk(
    reader: User | None,
    words: Sequence[str],
    *,
    known: Iterable[str] = (),
    rows: Rows | None = None,
    within: tuple[str, ...] = ("",),
) -> Walk:
    """Everything that this reader can ask for, or what begins so. `known` are addresses that only a planted row has."""
    found = Walk(reader.username if reader else "public")
    client = Client(raise_request_exception=False)
    if reader is not None:
        client.force_login(reader)
    asker, chosen = _Asker(client, found, words), rows or {}
    logging.disable(logging.ERROR)  # thousands of refusals are what is looked for
    try:
        begun = tuple(f"/{start}" for start in within)
        asker.api(_token(reader) if reader is not None else {}, chosen, begun)
        all_of = addresses(chosen, admin=_reads_admin(client))
        asker.follow([*known, *(a for a in all_of if a.startswith(begun))])
    finally:
        logging.disable(logging.NOTSET)
    return found


def answers(reader: User | None, asked: Iterable[str]) -> dict[str, str]:
    """What this reader is told at these addresses, where anything is."""
    client = Client(raise_request_exception=False)
    if reader is not None:
        client.force_login(reader)
    with transaction.atomic():
        given = ((address, client.get(address)) for address in asked)
        found = {
            address: _LIKELY_TO_DIFFER.sub("", "\n".join(inside(body_of(answer))))
            for address, answer in given
            if answer.status_code == 200
        }
        transaction.set_rollback(True)
    return found


# A form's token and key, a page's nonce, when a sheet of cells was made.
_LIKELY_TO_DIFFER = re.compile(
    r'name="(?:csrfmiddlewaretoken|form_key)" value="[^"]+"|nonce="[^"]+"|<dcterms:\w+ [^>]*>[^<]*'
)


def _reads_admin(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def _token(reader: User) -> Mapping[str, str]:
    token = ApiToken.new_token()
    ApiToken.objects.create(
        user=reader, digest=ApiToken.digest_of(token), expires_at=clock.now() + timedelta(days=1)
    )
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


# Addresses -----------------------------------------------------------------------------------------------------------


def addresses(rows: Rows, *, admin: bool) -> Iterator[str]:
    """Every address that the URL configuration knows, filled with the rows at hand."""
    for pattern in patterns():
        if pattern.route.startswith(LEFT_OUT) or pattern.route.startswith("api/"):
            continue
        if pattern.route.startswith("admin/") and not (admin and _is_read(pattern)):
            continue
        yield from _filled(pattern, rows)


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


def plain_addresses(rows: Rows) -> list[str]:
    """Lists and what is about a whole round: addresses without a row's number."""
    lists = [f"/api/v1/{found.name}" for found in collections.all_collections()]
    plain = (p for p in patterns() if set(p.parts) <= {"code"} and "(?P" not in p.route)
    kept = (
        p
        for p in plain
        if not p.route.startswith((*LEFT_OUT, "admin/", "api/", "accounts/", "healthz", "readyz"))
    )
    return lists + [address for pattern in kept for address in _filled(pattern, rows)]


def _filled(pattern: Pattern, rows: Rows) -> Iterator[str]:
    choices = [_choices(pattern, part, rows) for part in pattern.parts]
    drawn = pattern.route.endswith(("/form.pdf", "/form.docx"))  # which take their time
    for values in islice(product(*choices), 1 if drawn else 2):
        address = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", pattern.route).replace("^", "").replace("$", "")
        for value in values:
            address = re.sub(r"<(?:\w+:)?\w+>", str(value), address, count=1)
        yield "/" + address


def _choices(pattern: Pattern, part: str, rows: Rows) -> Sequence[Any]:
    if part in NAMED:
        return NAMED[part]
    if part == "code":
        return _values("selection.Round", "code", rows)
    if part == "number":
        return _values("selection.PublicNotice", "number", rows)
    if part == "key":
        model = "selection.Evidence" if "evidence" in pattern.route else "selection.Attachment"
        return _values(model, "key", rows)
    if part == "collection":
        return sorted(found.name for found in collections.all_collections())
    if part == "object_id":
        return _of_table(pattern, rows)
    return _rows_named(pattern, rows)


def _of_table(pattern: Pattern, rows: Rows) -> Sequence[Any]:
    """A row of the table that an address of the administration shows."""
    if pattern.route.startswith("admin/r/"):
        return (1,)
    return _newest(apps.get_model(".".join(pattern.route.split("/")[1:3])), rows)[:1]


def _rows_named(pattern: Pattern, rows: Rows) -> Sequence[Any]:
    models_ = next((names for start, names in ROWS_OF if pattern.route.startswith(start)), ())
    return sorted({pk for name in models_ for pk in _values(name, "pk", rows)}) if models_ else (1,)


def _values(model: str, name: str, rows: Rows) -> list[Any]:
    found = apps.get_model(model)._default_manager.filter(pk__in=_newest(apps.get_model(model), rows))
    return list(found.values_list(name, flat=True))


def _newest(model: type[models.Model], rows: Rows) -> list[Any]:
    named = rows.get(model._meta.label)
    return list(named or model._default_manager.order_by("-pk").values_list("pk", flat=True)[:1])


# Asking --------------------------------------------------------------------------------------------------------------


class _Asker:
    """Asks as one reader and looks into every answer."""

    def __init__(self, client: Client, found: Walk, words: Sequence[str]) -> None:
        self.client, self.found = client, found
        self.words = [(word, {word, json.dumps(word)[1:-1]}) for word in words]

    def follow(self, start: Iterable[str]) -> None:
        """Ask for these addresses and for what the pages link to."""
        waiting = deque(start)
        seen, links = {_kind(address) for address in waiting}, 0
        while waiting:
            address = waiting.popleft()
            response = self.ask("get", address)
            if response.status_code == 405:
                self.ask("post", address)
            if response.status_code == 200 and links < LINKS:
                new = {kind: link for link in _links(response) if (kind := _kind(link)) not in seen}
                links += len(new)
                seen.update(new)
                waiting.extend(new.values())

    def api(self, token: Mapping[str, str], rows: Rows, begun: tuple[str, ...]) -> None:
        """Every list, record and step of the API."""
        if not token:
            self.ask("get", "/api/v1/openapi.json")  # says the same to everybody
        for found in collections.all_collections():
            base = f"/api/v1/{found.name}"
            if not base.startswith(begun):
                continue
            self.ask("get", f"{base}?page_size=200", **token)
            for pk in _newest(found.model, rows):
                self.ask("get", f"{base}/{pk}", **token)
                answer = self.ask("get", f"{base}/{pk}/steps", **token)
                for name in _to_take(found, answer):
                    self.ask("post", f"{base}/{pk}/steps/{name}", **token)
                    self.ask("get", f"/steps/{found.name}/{pk}/{name}/")

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
        for word, forms in self.words:
            if any(form in text and alone(form, text) for form in forms):
                self.found.leaks.append(Leak(self.found.reader, method, address, word))


def alone(word: str, text: str) -> bool:
    """Whether it is there, a number not as part of another: 61.50 is 61.5, 161.5 and 61.53 are not."""
    if not word.replace(".", "", 1).isdigit():
        return word in text
    return re.search(rf"(?<![\d.]){re.escape(word)}0*(?!\d)", text) is not None


def _kind(address: str) -> tuple[str, frozenset[str]]:
    """Which pattern answers, and the names of what is asked besides: one link of a kind is followed."""
    parts = urlsplit(address)
    with suppress(Resolver404):
        return resolve(parts.path).route, frozenset(parse_qs(parts.query, keep_blank_values=True))
    return parts.path, frozenset()


def _to_take(found: collections.Collection, answer: Any) -> list[str]:
    """The steps that are open to the reader, and one that is not, to see that it is refused."""
    items = answer.json()["items"] if answer.status_code == 200 else []
    names = [item["name"] for item in items]
    return names + [name for name in found.forms if name not in names][:1]


class _Undone(Exception):
    """Nothing more to do."""


def _links(response: Any) -> list[str]:
    if "html" not in response.get("Content-Type", ""):
        return []
    found = re.findall(r'(?:href|src)="(/[^"#]*)', response.content.decode(errors="replace"))
    plain = [unescape(link) for link in found]
    return [link for link in plain if not link.startswith(("//", *(f"/{start}" for start in LEFT_OUT)))]
