"""The English catalogue: extract what the source says in Chinese, compile it, check that it is complete.

    python tools/messages.py extract   brings config/locale/en/LC_MESSAGES/django.po up to date, new strings empty
    python tools/messages.py compile   writes django.mo beside it
    python tools/messages.py check     fails naming what is missing, obsolete, or does not keep its placeholders

The strings of the source are Chinese, so Chinese needs no catalogue.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
APPS = ("workflow", "accounts", "selection", "studios", "config")
PO = ROOT / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
LAZY = {"gettext_lazy": None, "ngettext_lazy": (1, 2), "pgettext_lazy": ((1, "c"), 2), "gettext_noop": None}
KEYWORDS = {**DEFAULT_KEYWORDS, **LAZY}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
NOT_SHOWN = {"styleguide.html"}  # ours, never a reader's


def sources() -> Iterator[tuple[str, bytes]]:
    """Every file that speaks, as Python that the extractor can read."""
    from django.utils.translation.template import templatize

    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            name = str(path.relative_to(ROOT))
            if "/migrations/" in name or path.name in NOT_SHOWN:
                continue
            if path.suffix == ".py":
                yield name, path.read_bytes()
            elif path.suffix in {".html", ".txt", ".xml"} and "templates" in path.parts:
                yield name, templatize(path.read_text(encoding="utf-8"), origin=name).encode()


def template() -> Catalog:
    """What the source says now."""
    found = Catalog(locale="en", charset="utf-8", fuzzy=False)
    for name, text in sources():
        for _line, message, _comments, context in extract("python", io.BytesIO(text), keywords=KEYWORDS):
            if message and message != ("", ""):
                found.add(message, locations=[(name, 0)], context=context)
    return found


def stored() -> Catalog:
    """The catalogue as it is committed."""
    if not PO.exists():
        return Catalog(locale="en", charset="utf-8", fuzzy=False)
    with PO.open("rb") as file:
        found = read_po(file, locale="en", charset="utf-8")
    found.creation_date = found.revision_date = WRITTEN  # else the present time goes into django.mo
    return found


def merged() -> Catalog:
    """What the source says, with the translations there are."""
    found, known = template(), stored()
    for message in found:
        old = known.get(message.id, message.context) if message.id else None
        if old is not None and old.string:
            message.string = old.string
    return found


def write(catalog: Catalog) -> None:
    """The .po file: sorted, with the files that speak and no line numbers, so that a diff shows words only."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    catalog.header_comment = "# English words of Lingxuan."
    buffer = io.BytesIO()
    write_po(
        buffer,
        catalog,
        sort_output=True,
        width=0,
        omit_header=False,
        include_lineno=False,
        ignore_obsolete=True,
    )
    text = re.sub(rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Report-Msgid-Bugs-To):.*\n',
                  b"", buffer.getvalue(), flags=re.M)  # fmt: skip
    PO.write_bytes(text)


def compiled(catalog: Catalog) -> bytes:
    """The .mo file's bytes."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def _strings(message: Message) -> tuple[list[str], list[str]]:
    ids = message.id if isinstance(message.id, tuple | list) else [message.id]
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    return [str(i) for i in ids], [str(s or "") for s in strings]


def faults() -> list[str]:
    """What keeps the catalogue from being complete and true."""
    found, known = template(), stored()
    wanted = {(m.id, m.context) for m in found if m.id}
    have = {(m.id, m.context): m for m in known if m.id}
    out = [f"obsolete: {key[0]}" for key in have.keys() - wanted]
    for key in wanted:
        message = have.get(key)
        ids, strings = _strings(message) if message is not None else ([str(key[0])], [""])
        if not all(strings):
            out.append(f"missing: {ids[0]}")
        elif set(PLACEHOLDER.findall(ids[-1])) != set(PLACEHOLDER.findall(strings[-1])):
            out.append(f"placeholders differ: {ids[0]} / {strings[-1]}")
    if not out and (not MO.exists() or MO.read_bytes() != compiled(known)):
        out.append("django.mo is older than django.po: python tools/messages.py compile")
    return sorted(out)


def main(what: str) -> int:
    if what == "extract":
        write(merged())
    elif what == "compile":
        MO.write_bytes(compiled(stored()))
    elif what == "check":
        found = faults()
        print("\n".join(found[:50] or ["the English catalogue is complete"]))
        return int(bool(found))
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or [""]))
