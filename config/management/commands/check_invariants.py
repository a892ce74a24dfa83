import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import invariants


class Command(BaseCommand):
    help = "Check what must hold of the whole database: 0 if all of it holds, 1 naming each invariant that is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = invariants.broken()
        checked = [check.__name__ for check in invariants.CHECKS]
        if options["json"]:
            result = {"whole": not found, "checked": checked, "broken": [asdict(each) for each in found]}
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            for each in found:
                self.stdout.write(f"{each.invariant}: {each.about}: {each.what}")
            self.stdout.write(f"{len(checked)} invariants checked, {len(found)} faults")
        if found:
            sys.exit(1)
