"""The record of a round: exported twice the same, verified by a program that knows nothing of this project."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from selection.actions import assignment, ballot, deliberation, panel, scoring, scoring_progress, second_stage
from selection.actions import nomination as dossiers
from selection.documents.record import write_folder, write_zip
from selection.models import Assignment, Nomination, Panelist, Recusal, Round, ScoreSheet
from selection.queries.ballot import lines_for
from selection.queries.deliberation import choices
from tests import factories
from tests.selection import stage as stages
from workflow import clock, ledger
from workflow.machine import subject_of

pytestmark = pytest.mark.django_db

VERIFIER = settings.BASE_DIR / "tools" / "verify_record.py"


def in_review(nominees: int, **rules: Any) -> stages.Stage:
    """As `stages.in_review`, with rules that were announced."""
    stage = announced(stages.screening(nominees, state="qualified", **rules))
    stage.experts = stages.pool(5, 5, 3)
    with clock.frozen(stages.SCREENING):
        row = panel.prepare(stage.round, by=stage.manager)
        row = panel.freeze(row, by=stage.manager, source="双色球第2026120期", value_at=stages.DRAW_AT)
    with clock.frozen(stages.DRAW_AT):
        panel.draw(row, by=stage.supervisor, public_value=stages.VALUE)
    with clock.frozen(stages.REVIEW):
        stage.round = panel.begin_review(stage.round, by=stage.manager)
    return stage


def announced(stage: stages.Stage) -> stages.Stage:
    """The rules of a factory's round as an announcement leaves them: frozen under their digest, on the ledger."""
    version = stage.round.rulebook_versions.get()
    version.digest, version.frozen_at = version.rules.digest(), stages.SCREENING
    version.save()
    stage.round.refresh_from_db()
    ledger.append(
        stage.manager, chain=stage.round.chain_key, kind="round.announce", subject=subject_of(stage.round),
        payload={"rulebook": version.digest, "version": version.version},
    )  # fmt: skip
    return stage


def scored(stage: stages.Stage) -> Round:
    """Six nominees scored: a recusal redrawn, a sheet reopened, a tie, a sheet annulled after the opening."""
    totals = [["80", "81", "82", "83", "84"], ["80", "81", "82", "83", "84"], ["90", "91", "92", "93", "60"],
              ["70", "70", "70", "70", "70"], ["78", "78", "78", "79", "79"], ["88", "88", "88", "88", "99"]]  # fmt: skip
    duty = stage.duty(3)
    assignment.recuse(duty, by=duty.expert.user, reason="与人选曾在同一课题组工作")
    for nomination, row in zip(stage.nominations, totals, strict=True):
        duties = nomination.assignments.exclude(state="recused").select_related("expert__user").order_by("pk")
        for each, total in zip(duties, row, strict=True):
            sheet = stages.submitted(each, total)
    scoring_progress.reopen(
        scoring_progress.ask_reopen(sheet, by=stage.manager, reason="专家来函说明录入有误"),
        by=stage.supervisor,
    )
    scoring.submit(sheet, by=each.expert.user, marks=stages.marks("89", A="95.5"))
    row = stages.opened(stage)
    first = sheet.__class__.objects.filter(assignment__nomination=stage.nominations[0]).order_by("pk")[0]
    scoring_progress.annul(
        scoring_progress.ask_annul(first, by=stage.manager, reason="启封后发现与人选有利害关系"),
        by=stage.supervisor,
    )
    return row


def voted(stage: stages.Stage, row: Round) -> None:
    """The panel passes all but the sixth."""
    found = ballot.open_ballot(
        row, by=stage.manager, kind="confirm", nominations=[n.pk for n in stage.nominations]
    )
    for seat in found.seats.select_related("expert__user"):
        lines = lines_for(found, seat.expert)
        votes = {x.nomination.code: "no" if x.nomination == stage.nominations[5] else "yes" for x in lines}
        ballot.vote(found, by=seat.expert.user, receipt=ballot.new_receipt(), votes=votes)
    ballot.close(found, by=stage.manager)


def decided() -> Round:
    """A round with everything in it, the list fixed with one departure from the ranking."""
    stage = in_review(6, ceiling=2, ballot=True, caps={"field/elderly": 1}, floors={"field/community": 1})
    for place, nomination in enumerate(stage.nominations):
        field = "community" if place == 4 else "elderly" if place in (0, 2, 5) else "children"
        Nomination.objects.filter(pk=nomination.pk).update(field=field)
    with clock.frozen(stages.LATER):
        row = scored(stage)
        voted(stage, row)
        found = choices(row)
        best = next(c.nomination for c in found if c.suggested)
        chosen = {c.nomination.pk for c in found if c.suggested} - {best.pk}
        leader = factories.user("leader", organisation=factories.organisation("province"))
        deliberation.propose_list(
            row, by=leader, minute_number="厅务会纪要〔2026〕12号", chosen=chosen,
            deviations={best.pk: "会议研究认为其近期不宜承担工作室任务"}, note="会议复看了有关评分表，按正式名次确定名单",
        )  # fmt: skip
    row.refresh_from_db()
    return row


def verified(folder: Path, *more: str) -> tuple[int, str]:
    """The verifier as anybody runs it: isolated from this project."""
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(folder), *more],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert not done.stderr
    return done.returncode, done.stdout


class Undone(Exception):
    """Ends the transaction of what the module's tests share."""


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, bytes, bytes, Path]:
    """One record as a folder, twice as an archive, and as a folder again; nothing of the round stays."""
    home = tmp_path_factory.mktemp("records")
    with django_db_blocker.unblock(), suppress(Undone), transaction.atomic():
        row = decided()
        write_folder(row, home / "record")
        archives = [BytesIO(), BytesIO()]
        for archive in archives:
            write_zip(row, archive)
        call_command("export_record", row.code, home / "again", stdout=StringIO())
        raise Undone
    return home / "record", archives[0].getvalue(), archives[1].getvalue(), home / "again"


@pytest.fixture
def record(made: tuple[Path, bytes, bytes, Path], tmp_path: Path) -> Path:
    """A copy of it that may be tampered with."""
    return Path(shutil.copytree(made[0], tmp_path / "record"))


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_an_exported_round_is_whole(record: Path) -> None:
    code, said = verified(record)
    assert (code, said.split(",")[0]) == (
        0,
        f"whole: round {json.loads((record / 'round.json').read_text())['code']}",
    )


def test_the_digest_printed_in_a_notice_is_looked_for(record: Path) -> None:
    digest = json.loads((record / "heads.json").read_text())[-1]["digest"]
    assert verified(record, "--published", digest)[0] == 0
    never = "0" * 64
    assert verified(record, "--published", never) == (
        1, f"FAULT heads.json: the total digest {never} was never published\n",
    )  # fmt: skip


def test_exporting_twice_gives_the_same_bytes(made: tuple[Path, bytes, bytes, Path]) -> None:
    folder, first, second, again = made
    assert contents(folder) == contents(again)
    assert first == second
    with ZipFile(BytesIO(first)) as archive:
        unpacked = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert unpacked == contents(folder)


def test_the_record_holds_what_it_says(record: Path) -> None:
    kinds = {json.loads(line)["kind"] for line in (record / "chain.jsonl").read_text().splitlines()}
    assert {
        "panel.redraw",
        "scoresheet.reopen",
        "scoresheet.annul",
        "ballot.close",
        "result.recomputed",
    } <= kinds
    results = json.loads((record / "results.json").read_text())
    assert any(row["replaced"] for row in results)
    assert (
        any(row["tie_path"] for row in results) is False
    )  # the annulled sheet broke the tie; the old result had it
    assert [row["values"]["tie_path"] for row in results[0]["replaced"]] != [[]]


# What a forger may change ----------------------------------------------------------------------------------------------


def edit(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    """Change a JSON file."""
    content = json.loads((folder / name).read_text())
    change(content)
    (folder / name).write_text(json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False) + "\n")


def edit_line(folder: Path, name: str, at: int, change: Callable[[Any], Any]) -> None:
    """Change one line of a file of JSON lines."""
    lines = (folder / name).read_text().splitlines()
    row = json.loads(lines[at])
    change(row)
    lines[at] = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (folder / name).write_text("\n".join(lines) + "\n")


def remake_manifest(folder: Path) -> None:
    files = {
        name: sha256(data).hexdigest() for name, data in contents(folder).items() if name != "manifest.json"
    }
    edit(folder, "manifest.json", lambda manifest: manifest.update(files=files))


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def one_score(folder: Path) -> None:
    edit(folder, "results.json", lambda rows: rows[2].update(score="99.00"))


def one_exact_score(folder: Path) -> None:
    edit(folder, "results.json", lambda rows: rows[2].update(exact="89"))


def one_mark(folder: Path) -> None:
    def change(row: Any) -> None:
        row["sealed"]["content"] = row["sealed"]["content"].replace('"A":"', '"A":"1', 1)

    edit_line(folder, "sheets.jsonl", 9, change)


def one_sheet_left_out(folder: Path) -> None:
    lines = (folder / "sheets.jsonl").read_text().splitlines()
    (folder / "sheets.jsonl").write_text("\n".join(lines[:4] + lines[5:]) + "\n")


def one_voided_sheet_counted(folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "sheets.jsonl").read_text().splitlines()]
    at = next(n for n, row in enumerate(lines) if row["state"] == "voided")
    edit_line(folder, "sheets.jsonl", at, lambda row: row.update(state="locked"))


def one_pool_member(folder: Path) -> None:
    def change(draw: Any) -> None:
        experts = draw["inputs"]["pool"]["scholar"]
        experts[0] = experts[0] + "x"

    edit(folder, "draw.json", change)


def one_pool_member_with_its_digest_and_seed(folder: Path) -> None:
    one_pool_member(folder)

    def change(draw: Any) -> None:
        digest = sha256(canonical(draw["inputs"])).digest()
        value = draw["public_value"].encode()
        draw["inputs_digest"] = digest.hex()
        draw["seed"] = sha256(b"\0".join((b"talent-draw/v1", digest, value))).hexdigest()

    edit(folder, "draw.json", change)


def one_seed_digit(folder: Path) -> None:
    edit(
        folder,
        "draw.json",
        lambda draw: draw.update(seed=f"{int(draw['seed'][0], 16) ^ 1:x}" + draw["seed"][1:]),
    )


def the_public_value_with_its_seed(folder: Path) -> None:
    def change(draw: Any) -> None:
        draw["public_value"] = draw["public_value"].replace("09", "10", 1)
        parts = (b"talent-draw/v1", bytes.fromhex(draw["inputs_digest"]), draw["public_value"].encode())
        draw["seed"] = sha256(b"\0".join(parts)).hexdigest()

    edit(folder, "draw.json", change)


def one_assignment(folder: Path) -> None:
    def change(draw: Any) -> None:
        sheets = draw["outcome"]["sheets"]
        first = min(sheets)
        others = sorted({e for on in sheets.values() for e in on} - set(sheets[first]))
        sheets[first] = sorted([*sheets[first][1:], others[0]])

    edit(folder, "draw.json", change)


def one_anonymous_number(folder: Path) -> None:
    def change(draw: Any) -> None:
        seated = [row for row in draw["seats"] if row["number"]]
        seated[0]["number"], seated[1]["number"] = seated[1]["number"], seated[0]["number"]

    edit(folder, "draw.json", change)


def one_duty_left_out(folder: Path) -> None:
    edit(folder, "draw.json", lambda draw: draw["assignments"].pop(0))


def one_rank(folder: Path) -> None:
    edit(folder, "results.json", lambda rows: rows[1].update(rank=rows[1]["rank"] + 1))


def the_order_of_two(folder: Path) -> None:
    def change(rows: Any) -> None:
        rows[0]["order"], rows[1]["order"] = rows[1]["order"], rows[0]["order"]

    edit(folder, "results.json", change)


def one_outcome(folder: Path) -> None:
    def change(rows: Any) -> None:
        row = next(row for row in rows if row["outcome"] == "passed_over")
        row["outcome"] = "proposed"

    edit(folder, "results.json", change)


def one_name_on_the_list(folder: Path) -> None:
    edit(folder, "list.json", lambda rows: rows.pop())


def one_group(folder: Path) -> None:
    """Who belongs to the capped field is what the selection follows from."""

    def change(rows: Any) -> None:
        for row in rows:
            row["groups"] = [
                ["field", "children"] if g == ["field", "community"] else g for g in row["groups"]
            ]

    edit(folder, "nominees.json", change)


def one_weight(folder: Path) -> None:
    edit(
        folder,
        "rulebooks.json",
        lambda books: books[0].update(text=books[0]["text"].replace("30.00", "31.00")),
    )


def one_weight_with_its_digest(folder: Path) -> None:
    one_weight(folder)
    edit(folder, "rulebooks.json", lambda b: b[0].update(digest=sha256(b[0]["text"].encode()).hexdigest()))


def one_ledger_row(folder: Path) -> None:
    edit_line(folder, "chain.jsonl", 20, lambda entry: entry.update(role="leader"))


def one_ledger_row_left_out(folder: Path) -> None:
    lines = (folder / "chain.jsonl").read_text().splitlines()
    (folder / "chain.jsonl").write_text("\n".join(lines[:20] + lines[21:]) + "\n")


def one_ledger_row_and_all_that_follows(folder: Path) -> None:
    """The forger makes the chain anew: only what was published tells."""
    edit_line(folder, "chain.jsonl", 3, lambda entry: entry.update(role="leader"))
    head, digests = bytes(32), []
    for seq, line in enumerate((folder / "chain.jsonl").read_text().splitlines(), start=1):
        leaf = sha256(b"\0" + line.encode()).digest()
        head = sha256(head + leaf).digest()
        digests.append(f"{seq} {leaf.hex()} {head.hex()}")
    (folder / "digests.txt").write_text("\n".join(digests) + "\n")
    edit(folder, "round.json", lambda row: row.update(head=head.hex()))


def the_last_ledger_row(folder: Path) -> None:
    for name in ("chain.jsonl", "digests.txt"):
        lines = (folder / name).read_text().splitlines()
        (folder / name).write_text("\n".join(lines[:-1]) + "\n")
    head = (folder / "digests.txt").read_text().split()[-1]
    edit(folder, "round.json", lambda row: row.update(head=head, count=row["count"] - 1))


def one_published_head(folder: Path) -> None:
    edit(folder, "heads.json", lambda rows: rows[0]["lines"].append("office 1 " + "0" * 64))


def one_opened_payload(folder: Path) -> None:
    edit_line(
        folder, "opened.jsonl", 3, lambda row: row.update(payload=row["payload"].replace("{", '{"x":1,', 1))
    )


def one_opened_payload_left_out(folder: Path) -> None:
    lines = [
        line for line in (folder / "opened.jsonl").read_text().splitlines() if "public_value" not in line
    ]
    (folder / "opened.jsonl").write_text("\n".join(lines) + "\n")


TAMPERINGS = [
    (one_score, "results.json", "score: recorded 99.00, calculated"),
    (one_exact_score, "results.json", "exact score: recorded 89"),
    (one_mark, "sheets.jsonl", "commitment in entry"),
    (one_sheet_left_out, "sheets.jsonl", "is missing"),
    (one_voided_sheet_counted, "sheets.jsonl", "state on the ledger: recorded locked, calculated voided"),
    (one_pool_member, "draw.json inputs", "digest"),
    (one_pool_member_with_its_digest_and_seed, "draw.json inputs", "digest on the ledger, entry"),
    (one_seed_digit, "draw.json seed", "seed: recorded"),
    (the_public_value_with_its_seed, "draw.json public_value", "on the ledger, entry"),
    (one_assignment, "draw.json outcome sheets", "on the ledger, entry"),
    (one_anonymous_number, "draw.json seats", "anonymous number"),
    (one_duty_left_out, "draw.json assignments", "was drawn and is missing"),
    (one_rank, "results.json", "rank: recorded"),
    (the_order_of_two, "results.json", "order after the tie chain"),
    (one_outcome, "results.json", "outcome: recorded proposed, calculated passed_over"),
    (one_name_on_the_list, "list.json", "nominees"),
    (one_group, "list", ""),
    (one_weight, "rulebooks.json", "digest: recorded"),
    (one_weight_with_its_digest, "rulebooks.json", "the ledger names no such rules"),
    (one_ledger_row, "chain.jsonl entry 21", "sequence number, leaf and head"),
    (one_ledger_row_left_out, "chain.jsonl entry 21", "sequence number: recorded 22, calculated 21"),
    (one_ledger_row_and_all_that_follows, "heads.json", "head after entry"),
    (the_last_ledger_row, "opened.jsonl", "there is no such entry"),
    (one_published_head, "heads.json", "total digest"),
    (one_opened_payload, "opened.jsonl", "commitment of"),
    (one_opened_payload_left_out, "opened.jsonl", "the payload of panel.draw is missing"),
]


@pytest.mark.parametrize(("tamper", "where", "what"), TAMPERINGS, ids=[t[0].__name__ for t in TAMPERINGS])
def test_what_was_changed_is_named_even_with_a_new_manifest(
    record: Path, tamper: Callable[[Path], None], where: str, what: str
) -> None:
    tamper(record)
    remake_manifest(record)
    code, said = verified(record)
    assert (code, said.startswith(f"FAULT {where}"), what in said) == (1, True, True), said


@pytest.mark.parametrize("tamper", [one_score, one_pool_member, one_seed_digit, one_ledger_row, one_rank])
def test_the_manifest_names_the_file_first(record: Path, tamper: Callable[[Path], None]) -> None:
    tamper(record)
    code, said = verified(record)
    assert (code, "SHA-256 in the manifest" in said.splitlines()[0], len(said.splitlines())) == (1, True, 2)


def test_a_file_that_nobody_named_is_found(record: Path) -> None:
    (record / "more.txt").write_text("?")
    assert verified(record) == (1, "FAULT more.txt: is not named in the manifest\n")


def test_a_record_that_is_none_is_refused(tmp_path: Path) -> None:
    code, said = verified(tmp_path)
    assert (code, "manifest.json: cannot be read" in said) == (1, True)


# Two stages ------------------------------------------------------------------------------------------------------------


def in_second_stage() -> stages.Stage:
    """Six nominees scored once, two of them and one level with the second on the shortlist, one recusal found by then."""
    stage = in_review(6, ceiling=2, second_stage=2)
    totals = ["80", "90", "90", "70", "78", "88"]
    with clock.frozen(stages.LATER):
        for one, total in zip(stage.nominations, totals, strict=True):
            for duty in one.assignments.select_related("expert__user").order_by("pk"):
                stages.submitted(duty, total)
        row = stages.opened(stage)
        recusal_found(stage)
        officer = factories.user("bureau_officer", organisation=stage.nominations[5].nominator)
        dossiers.withdraw(stage.nominations[5], by=officer, reason="因个人原因撤回本轮申报。")
        stage.round = second_stage.begin_second_stage(row, by=stage.manager)
    return stage


def recusal_found(stage: stages.Stage) -> None:
    """A relation that came to light after the draw."""
    seat = Panelist.objects.filter(panel__round=stage.round, number__isnull=False).order_by("number")[0]
    Recusal.objects.create(
        nomination=stage.nominations[1], expert=seat.expert, kind="declared", ground="kin", reason="亲属关系"
    )


def scored_twice() -> Round:
    """The second stage scored and opened, a duty given up in it and a sheet annulled after it, the list fixed."""
    stage = in_second_stage()
    with clock.frozen(stages.LATER):
        found = Assignment.objects.filter(round=stage.round, stage=2).select_related(
            "expert__user", "nomination"
        )
        duties = list(found.order_by("nomination__code", "expert__code"))
        assignment.recuse(duties[0], by=duties[0].expert.user, reason="近日发现与人选有合作关系")
        for at, duty in enumerate(duties[1:]):
            stages.submitted(duty, ["71", "76", "80"][at % 3])
        row = stages.opened(stage)
        sheet = ScoreSheet.objects.filter(
            assignment__round=row, assignment__stage=2, state="locked"
        ).order_by("pk")[0]
        asked = scoring_progress.ask_annul(sheet, by=stage.manager, reason="启封后发现与人选有利害关系")
        scoring_progress.annul(asked, by=stage.supervisor)
        choice = [c for c in choices(row) if c.suggested]
        leader = factories.user("leader", organisation=factories.organisation("province"))
        deliberation.propose_list(
            row,
            by=leader,
            minute_number="厅务会纪要〔2026〕12号",
            chosen=[c.nomination.pk for c in choice],
            deviations={},
        )
    row.refresh_from_db()
    return row


def test_a_round_of_two_stages_is_whole_while_the_second_runs_and_says_nothing_of_its_sheets(
    tmp_path: Path,
) -> None:
    stage = in_second_stage()
    duty = (
        Assignment.objects.filter(round=stage.round, stage=2).select_related("expert__user").order_by("pk")[0]
    )
    with clock.frozen(stages.LATER):
        stages.submitted(duty, "61.5")
    write_folder(stage.round, tmp_path / "record")
    code, said = verified(tmp_path / "record")
    assert code == 0, said
    assert b"61.5" not in b"".join(contents(tmp_path / "record").values())


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    write_folder(scored_twice(), tmp_path / "record")
    return tmp_path / "record"


def one_more_on_the_shortlist(folder: Path) -> None:
    edit(folder, "results.json", lambda rows: rows[0].update(stage=2, shortlisted=True))


def one_first_score(folder: Path) -> None:
    edit(folder, "results.json", lambda rows: rows[1]["first"].update(score="91.00"))


def one_rank_behind(folder: Path) -> None:
    edit(folder, "results.json", lambda rows: rows[0].update(rank=1))


def one_sheet_in_the_other_stage(folder: Path) -> None:
    edit_line(folder, "sheets.jsonl", -1, lambda row: row.update(stage=1))


def one_duty_nobody_was_asked_for(folder: Path) -> None:
    def change(draw: Any) -> None:
        draw["assignments"].append({**draw["assignments"][-1], "nominee": draw["assignments"][0]["nominee"]})

    edit(folder, "draw.json", change)


def test_a_round_of_two_stages_is_whole_and_whatever_is_changed_is_named(twice: Path, tmp_path: Path) -> None:
    code, said = verified(twice)
    assert code == 0, said
    forgeries = {
        one_more_on_the_shortlist: "results.json: nominees of the second stage",
        one_first_score: "score: recorded 91.00",
        one_rank_behind: "rank and order behind the shortlist",
        one_sheet_in_the_other_stage: "sheets.jsonl",
        one_duty_nobody_was_asked_for: "duties of the second stage",
    }
    for forge, fault in forgeries.items():
        copy = Path(shutil.copytree(twice, tmp_path / forge.__name__))
        forge(copy)
        remake_manifest(copy)
        code, said = verified(copy)
        assert code == 1 and fault in said, (forge.__name__, said)
