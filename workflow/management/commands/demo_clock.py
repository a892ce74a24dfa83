from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflow import clock, demo
from workflow.actor import SYSTEM
from workflow.errors import Refused


class Command(BaseCommand):
    help = "Move the demo's clock forward: +5d, +3h, +10m, +2w (working days). Refused wherever DEMO is off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("shift", help="how far, e.g. +5d")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            demo.move_clock(options["shift"], by=SYSTEM)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{clock.now():%Y-%m-%d %H:%M}")
