"""Bring in nominations from a file, by somebody's rights."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from selection.actions.intake import import_nominations
from selection.documents.workbook import Workbook
from selection.forms.intake import Intake, read
from selection.models import Round
from workflow.errors import Refused
from workflow.jobfiles import measure

EVERY = 500  # rows between two notes of progress


class Command(BaseCommand):
    """`import_nominations FILE.xlsx --round CODE --as USER [--dry-run]`: all of it or nothing; faults are printed."""

    help = "Import nominations from FILE (.xlsx or .csv) as drafts; with faults, print them all and import nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--round", required=True, metavar="CODE")
        parser.add_argument("--as", required=True, dest="as_user", metavar="USER", help="whose rights count")
        parser.add_argument("--dry-run", action="store_true", help="check only")

    def handle(self, *args: Any, **options: Any) -> None:
        round_ = Round.objects.filter(code=options["round"]).first()
        person = User.objects.filter(username=options["as_user"], is_active=True).first()
        if round_ is None or person is None:
            wanted = ("round", "round") if round_ is None else ("user", "as_user")
            raise CommandError(f"no {wanted[0]} {options[wanted[1]]!r}")
        path = Path(options["file"])
        try:
            with path.open("rb") as content:
                self._import(path, content, round_, person, dry_run=options["dry_run"])
        except OSError as fault:
            raise CommandError(f"{path}: {fault.strerror}") from fault
        except Refused as refusal:
            raise CommandError(f"{path}: {refusal}") from refusal

    def _import(self, path: Path, content: IO[bytes], round_: Round, person: User, *, dry_run: bool) -> None:
        intake = read(Workbook(path.name, content), round_, by=person, begin=self._begin, at=self._at)
        self._require_clean(path, intake)
        if dry_run:
            self.stdout.write(f"{path}: {len(intake.clean)} clean, nothing imported")
            return
        made = import_nominations(round_, by=person, people=intake.clean, file_digest=measure(content)[1])
        self.stdout.write(f"{path}: {made} imported")

    def _require_clean(self, path: Path, intake: Intake) -> None:
        for fault in intake.faults:
            self.stderr.write("\t".join(str(part) for part in fault.as_list()))
        if intake.faults:
            raise CommandError(f"{path}: {len(intake.faults)} faults, nothing imported")

    def _begin(self, total: int) -> None:
        self.total = total

    def _at(self, done: int) -> None:
        if done % EVERY == 0 or done == self.total:
            self.stdout.write(f"{done} / {self.total}")
