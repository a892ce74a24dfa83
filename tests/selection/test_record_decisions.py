"""The end of a round in its record: exceptions, certificates, corrections, revocations; and every forgery of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from selection.actions import determination, revocation
from selection.documents.record import write_folder
from selection.models import Nomination, Round
from tests import factories
from tests.selection import stage as stages
from tests.selection.test_record import decided, edit, edit_line, remake_manifest, verified
from workflow import clock

pytestmark = pytest.mark.django_db

DECIDED = stages.LATER + timedelta(days=30)
AFTER = DECIDED + timedelta(days=30)
EXCEPTION = "经会议研究，近期不宜承担工作室任务"
FACTS, STATEMENT, REASON = "服务记录暗号经查不实。", "陈述暗号：属于笔误。", "申报材料弄虚作假，依规撤销。"


def to_the_end() -> Round:
    """One of three is left out by the meeting, another's line is corrected, and the title is taken away."""
    row = decided()
    people = list(row.nominations.order_by("code")[:3])
    who = factories.office()
    Nomination.objects.filter(pk__in=[n.pk for n in people]).update(state="cleared")
    Round.objects.filter(pk=row.pk).update(state="determination", document_prefix="浙民慈")
    with clock.frozen(DECIDED):
        draft = determination.draft(
            row, by=who["manager"], serial=5, title="关于公布名单的通知", minute_number="厅务会纪要〔2026〕20号",
            exceptions=[determination.Exempt(people[0], EXCEPTION, "厅务会纪要〔2026〕19号")],
        )  # fmt: skip
        determination.confirm(draft, by=who["leader"])
        determination.publish(row, by=who["publisher"])
    with clock.frozen(AFTER):
        corrected_and_revoked(people[1], who)
    row.refresh_from_db()
    return row


def corrected_and_revoked(nomination: Nomination, who: dict[str, Any]) -> None:
    line = nomination.recognition
    change = revocation.draft_correction(
        line,
        by=who["manager"],
        place="affiliations",
        after="春晖社会工作服务中心主任",
        basis="更正函",
        why="笔误",
    )
    revocation.publish_correction(change, by=who["publisher"])
    line.refresh_from_db()
    change = revocation.draft_correction(
        line, by=who["manager"], place="name", after="周明", basis="来函", why="误"
    )
    revocation.drop_correction(change, by=who["publisher"], reason="经核对原文无误。")
    nomination.refresh_from_db()
    made = revocation.start(nomination, by=who["manager"], ground="fraud", facts=FACTS)
    revocation.drop(made, by=who["leader"], reason="事实不清，不予撤销。")
    made = revocation.start(nomination, by=who["manager"], ground="fraud", facts=FACTS)
    revocation.hear(made, by=who["manager"], statement=STATEMENT)
    with clock.frozen(AFTER + timedelta(days=20)):
        revocation.decide(
            made,
            by=who["leader"],
            minute_number="纪要31号",
            document_number="浙民慈〔2026〕9号",
            reason=REASON,
        )


class Undone(Exception):
    """Ends the transaction of what the tests share."""


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("records")
    with django_db_blocker.unblock(), suppress(Undone), transaction.atomic():
        write_folder(to_the_end(), home / "record")
        raise Undone
    return home / "record"


@pytest.fixture
def record(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "record"))


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text())


def test_the_record_shows_how_the_list_was_decided_corrected_and_cut(record: Path) -> None:
    assert verified(record)[0] == 0, verified(record)
    [decision] = read(record, "determinations.json")
    [out] = decision["exceptions"]
    assert (out["reason"], out["minute_number"]) == (EXCEPTION, "厅务会纪要〔2026〕19号")
    assert [row["state"] for row in read(record, "corrections.json")] == ["published", "dropped"]
    dropped, revoked = read(record, "revocations.json")
    assert (dropped["state"], revoked["state"], revoked["statement_made"]) == ("dropped", "revoked", True)
    line = next(line for line in decision["recognitions"] if line["revoked_on"])
    assert (line["revocation_number"], line["affiliations"]) == (
        "浙民慈〔2026〕9号",
        ["春晖社会工作服务中心主任"],
    )


def test_what_was_told_and_answered_before_a_revocation_stays_out_but_its_entries_are_named(
    record: Path,
) -> None:
    text = "".join(path.read_text() for path in record.rglob("*.json*"))
    assert "陈述暗号" not in text and "服务记录暗号" not in text
    chain = [json.loads(line) for line in (record / "chain.jsonl").read_text().splitlines()]
    for row in read(record, "revocations.json"):
        for kind, seq in row["sealed"].items():
            entry = chain[seq - 1]
            assert (entry["kind"], entry["subject"]) == (kind, row["subject"])


def change(name: str, at: int, **to: Any) -> Callable[[Path], None]:
    """One row of a file says something else."""
    return lambda folder: edit(folder, name, lambda rows: rows[at].update(to))


def of_decision(key: str, **to: Any) -> Callable[[Path], None]:
    """The first exception or line of the decision says something else."""
    return lambda folder: edit(folder, "determinations.json", lambda rows: rows[0][key][0].update(to))


def revoked_line(**to: Any) -> Callable[[Path], None]:
    def of(rows: Any) -> None:
        next(line for line in rows[0]["recognitions"] if line["revoked_on"]).update(to)

    return lambda folder: edit(folder, "determinations.json", of)


def without(name: str, at: int) -> Callable[[Path], None]:
    return lambda folder: edit(folder, name, lambda rows: rows.pop(at))


def gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def lines_of_the_payload(folder: Path) -> None:
    """A name in what was committed to on the ledger."""
    lines = (folder / "opened.jsonl").read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if '\\"affiliations\\"' in line)
    edit_line(
        folder, "opened.jsonl", at, lambda row: row.update(payload=row["payload"].replace("affil", "affil2"))
    )


def one_more_person(folder: Path) -> None:
    def more(rows: Any) -> None:
        rows[0]["recognitions"].append({**rows[0]["recognitions"][0], "ordinal": 9, "nomination__code": "X"})

    edit(folder, "determinations.json", more)


def as_if_never_revoked(folder: Path) -> None:
    def of(rows: Any) -> None:
        for row in rows:
            row["state"] = "recognised" if row["state"] == "revoked" else row["state"]

    edit(folder, "nominees.json", of)


FORGERIES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "reason": (of_decision("exceptions", reason="本人自愿放弃认定资格"), "determinations.json", "exceptions on"),
    "minutes": (of_decision("exceptions", minute_number="纪要1号"), "determinations.json", "exceptions on"),
    "no exception": (change("determinations.json", 0, exceptions=[]), "determinations.json", "exceptions on"),
    "number": (change("determinations.json", 0, document_number="浙民慈〔2026〕6号"), "determinations.json", "number on"),
    "digest": (change("determinations.json", 0, digest="0" * 64), "determinations.json", "digest on"),
    "published": (change("determinations.json", 0, published_on=None), "determinations.json", "day of publication"),
    "no decision": (without("determinations.json", 0), "determinations.json", "is missing"),
    "certificate": (of_decision("recognitions", certificate_number="领军〔2026〕999"), "determinations.json", "certificate_number"),
    "name": (of_decision("recognitions", name="某　某"), "determinations.json", "name as decided"),
    "unit": (revoked_line(affiliations=["别的单位主任"]), "determinations.json", "affiliations as decided"),
    "expiry": (of_decision("recognitions", expires_on="2039-01-01"), "determinations.json", "expires_on"),
    "not revoked": (revoked_line(revoked_on=None), "determinations.json", "day of the revocation"),
    "other decision": (revoked_line(revocation_number="1号"), "determinations.json", "number of the revocation"),
    "one more": (one_more_person, "determinations.json", "list on the ledger"),
    "payload": (lines_of_the_payload, "opened.jsonl", "commitment of determination.confirm"),
    "correction": (change("corrections.json", 0, after="别的单位主任"), "corrections.json", "after on the ledger"),
    "before": (change("corrections.json", 0, before="原来的单位"), "corrections.json", "before on the ledger"),
    "basis": (change("corrections.json", 0, basis="会议纪要"), "corrections.json", "basis on the ledger"),
    "other line": (change("corrections.json", 0, ordinal=7), "corrections.json", "ordinal on the ledger"),
    "dropped": (change("corrections.json", 1, state="published"), "corrections.json", "state on the ledger"),
    "no correction": (without("corrections.json", 0), "corrections.json", "is missing"),
    "no corrections": (gone("corrections.json"), "corrections.json", "is missing"),
    "revocation": (change("revocations.json", 1, state="dropped"), "revocations.json", "state on the ledger"),
    "ground": (change("revocations.json", 1, ground="ethics"), "revocations.json", "ground on the ledger"),
    "why": (change("revocations.json", 1, reason="本人申请。"), "revocations.json", "reason on the ledger"),
    "unheard": (change("revocations.json", 1, statement_made=False), "revocations.json", "statement_made on"),
    "days": (change("revocations.json", 1, statement_due="2026-10-01"), "revocations.json", "statement_due on"),
    "sealed": (change("revocations.json", 1, sealed={}), "revocations.json", "entries of the facts"),
    "no revocation": (without("revocations.json", 1), "revocations.json", "is missing"),
    "never revoked": (as_if_never_revoked, "nominees.json", "whether the title was revoked"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_each_forgery_is_named_even_with_a_new_manifest(record: Path, name: str) -> None:
    forge, where, what = FORGERIES[name]
    forge(record)
    remake_manifest(record)
    code, said = verified(record)
    assert (code, said.startswith(f"FAULT {where}"), what in said) == (1, True, True), said
