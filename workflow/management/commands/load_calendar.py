from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflow import calendar
from workflow.actor import SYSTEM
from workflow.errors import Refused


class Command(BaseCommand):
    help = "Load years of off days and make-up workdays from a JSON file, with the notice it comes from."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = calendar.load(calendar.read_file(options["file"]), by=SYSTEM)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(", ".join(str(row) for row in rows))
