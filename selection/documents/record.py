"""The record of a round as files: the same bytes for the same round, named by a manifest with the SHA-256 of each."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from selection.documents.record_readme import readme
from selection.models import Attachment, Round
from selection.queries import record as queries
from selection.queries import record_decisions as decisions
from selection.rules.attachment import EXTENSIONS
from selection.rules.rulebook import Rulebook
from selection.rules.scoring import sheet_total

FORMAT = 1  # what tools/verify_record.py reads
MANIFEST = "manifest.json"
PIECE = 1 << 20
Pieces = Iterable[bytes]
Put = Callable[[str, Pieces], str]  # writes a file, returns its SHA-256


def write_folder(round_: Round, folder: Path) -> str:
    """The record in a folder that is new or empty; the SHA-256 of its manifest. Raises FileExistsError."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)

    def put(name: str, pieces: Pieces) -> str:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("wb") as file:
            return _copied(pieces, file)

    return _write(round_, put)


def write_zip(
    round_: Round, target: IO[bytes], *, written: Callable[[int], None] = lambda number: None
) -> str:
    """The record as one ZIP archive, the same bytes for the same round; the SHA-256 of its manifest."""
    with ZipFile(target, "w") as archive:

        def put(name: str, pieces: Pieces) -> str:
            member = ZipInfo(f"{round_.code}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type, member.external_attr = ZIP_DEFLATED, 0o644 << 16
            with archive.open(member, "w", force_zip64=True) as file:
                digest = _copied(pieces, file)
            written(len(archive.namelist()))
            return digest

        return _write(round_, put)


def _copied(pieces: Pieces, file: IO[bytes]) -> str:
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
        file.write(piece)
    return digest.hexdigest()


def _write(round_: Round, put: Put) -> str:
    named = {name: put(name, pieces) for name, pieces in _files(round_)}
    manifest = {"format": FORMAT, "round": round_.code, "files": named}
    return put(MANIFEST, [_json(manifest)])


def _files(round_: Round) -> Iterator[tuple[str, Pieces]]:
    about = queries.about_round(round_)
    yield "README.md", [readme(about).encode()]
    yield "round.json", [_json(about)]
    yield "chain.jsonl", _lines(queries.chain_lines(round_))
    yield "digests.txt", _lines(queries.digest_lines(round_))
    yield "opened.jsonl", _lines(queries.opened_lines(round_))
    for name, content in _tables(round_).items():
        if content is not None:
            yield name, [_json(content)]
    yield from _of_the_review(round_)
    yield from _attached(round_)


def _tables(round_: Round) -> Mapping[str, Any]:
    return {
        "heads.json": queries.published_heads(round_),
        "rulebooks.json": queries.rulebooks(round_),
        "nominees.json": queries.nominees(round_),
        "dossiers.json": queries.dossiers(round_),
        "rulings.json": queries.rulings(round_),
        "draw.json": queries.draw(round_),
        "results.json": queries.results(round_),
        "list.json": queries.proposed(round_) or None,
        "notices.json": queries.notices(round_),
        "objections.json": queries.objections(round_),
        "determinations.json": decisions.determinations(round_),
        "corrections.json": decisions.corrections(round_),
        "revocations.json": decisions.revocations(round_),
    }


def _of_the_review(round_: Round) -> Iterator[tuple[str, Pieces]]:
    sheets = list(queries.sheets(round_))
    if sheets:
        yield "sheets.jsonl", _lines(_compact(sheet) for sheet in sheets)
        yield "sheets.csv", [_csv(sheets, round_.rulebook)]


def _attached(round_: Round) -> Iterator[tuple[str, Pieces]]:
    rows = queries.attachments(round_)
    places = {
        row.pk: _place(row)
        for row in rows
        if queries.may_leave(row) and row.file.storage.exists(str(row.file.name))
    }
    listed = [
        {
            "nominee": row.nomination.code, "kind": row.kind, "number": row.number, "mime": row.mime, "size": row.size,
            "sha256": row.sha256, "audience": row.audience, "state": row.state, "file": places.get(row.pk, ""),
        }
        for row in rows
    ]  # fmt: skip
    yield "attachments.json", [_json(listed)]
    for row in rows:
        if row.pk in places:
            yield places[row.pk], _content(row)


def _place(row: Attachment) -> str:
    return f"files/{row.nomination.code}/{row.kind}-{row.number}.{EXTENSIONS[row.mime]}"


def _content(row: Attachment) -> Pieces:
    with row.file.open("rb") as file:
        yield from iter(lambda: file.read(PIECE), b"")


def _lines(lines: Iterable[bytes]) -> Pieces:
    return (line + b"\n" for line in lines)


def _json(content: Any) -> bytes:
    text = json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False, default=_spelled)
    return f"{text}\n".encode()


def _compact(content: Any) -> bytes:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_spelled)
    return text.encode()


def _spelled(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no spelling")


def _csv(sheets: Iterable[Mapping[str, Any]], rules: Rulebook) -> bytes:
    """The sheets for people to read and calculate with: anonymous number, marks, exact total, counted or not."""
    out = StringIO()
    table = csv.writer(out)
    staged = ["stage"] if rules.second_stage else []
    table.writerow(["nominee", "number", "state", *rules.weights, "total", *staged])
    table.writerow(["", "", "weight", *rules.weights.values(), sum(rules.weights.values())])
    for sheet in sheets:
        sealed = sheet["sealed"]
        marks = json.loads(sealed["content"])["marks"] if sealed and sealed["content"] else {}
        cells = [marks.get(code, "") for code in rules.weights]
        stage = [sheet["stage"]] if staged else []
        table.writerow(
            [sheet["nominee"], sheet["number"], sheet["state"], *cells, _total(marks, rules), *stage]
        )
    return "\ufeff".encode() + out.getvalue().encode()


def _total(marks: Mapping[str, str], rules: Rulebook) -> str:
    """A fraction in full; empty where the sheet was never finished."""
    if marks.keys() != rules.weights.keys():
        return ""
    total: Fraction = sheet_total({code: Decimal(mark) for code, mark in marks.items()}, rules.weights)
    return str(total)
