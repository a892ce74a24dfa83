from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studios.actions import indicator
from workflow.actor import SYSTEM
from workflow.errors import Refused


class Command(BaseCommand):
    help = "Load a plan of indicators from its JSON file; the same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = indicator.load_plan(options["file"].read_bytes(), by=SYSTEM)
        except OSError as fault:
            raise CommandError(str(fault)) from fault
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{plan.code} {plan.indicators.count()}")
