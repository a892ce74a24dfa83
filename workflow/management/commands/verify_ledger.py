import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflow import ledger
from workflow.models import Chain


class Command(BaseCommand):
    help = "Verify every chain of the ledger: 0 if whole, 1 naming the first bad sequence number of each broken chain."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = ledger.verify()
        entries = sum(Chain.objects.values_list("count", flat=True))
        if options["json"]:
            found = [{"chain": f.chain, "seq": f.seq, "what": f.what} for f in faults]
            self.stdout.write(json.dumps({"whole": not faults, "entries": entries, "faults": found}))
        else:
            for fault in faults:
                self.stdout.write(f"{fault.chain}: first bad sequence number {fault.seq} ({fault.what})")
            self.stdout.write(f"{entries} entries, {len(faults)} broken chains")
        if faults:
            sys.exit(1)
