from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import backup
from workflow import ledger


class Command(BaseCommand):
    help = "Replace the database and the uploaded files by a backup, after checking every file of it. Stop the site first."
    requires_system_checks: list[str] = []  # the present database may be empty or broken

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backup.restore(options["folder"])
        except (backup.BackupFault, OSError) as fault:
            raise CommandError(str(fault)) from fault
        faults = ledger.verify()
        for found in faults:
            self.stderr.write(f"{found.chain}: first bad sequence number {found.seq} ({found.what})")
        if faults:
            raise CommandError("restored, but the ledger is broken")
        self.stdout.write(
            f"Restored as of {manifest['made_at']}; the ledger is whole. Run migrate if the code is newer."
        )
