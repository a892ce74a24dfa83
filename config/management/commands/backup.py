from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import backup


class Command(BaseCommand):
    help = "Write the database and the uploaded files into a new folder, with a manifest of their digests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backup.make(options["folder"])
        except (backup.BackupFault, OSError) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{len(manifest['files'])} files in {options['folder']}")
        self.stdout.write("FIELD_KEYS and HASH_KEY are not in it: keep them elsewhere.")
