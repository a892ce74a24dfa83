"""Write the sealed record of a round into a folder."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from selection.actions.record import export_to_folder
from selection.models import Round
from workflow.actor import SYSTEM
from workflow.errors import Refused


class Command(BaseCommand):
    """`export_record ROUND DIR`: the same bytes for the same round; `tools/verify_record.py DIR` verifies it."""

    help = "Write the record of a round (its code) into a new or empty folder; tools/verify_record.py verifies it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("round")
        parser.add_argument("folder", type=Path)
        parser.add_argument("--reason", default="由系统管理人员在命令行导出")

    def handle(self, *args: Any, **options: Any) -> None:
        round_ = Round.objects.filter(code=options["round"]).first()
        if round_ is None:
            raise CommandError(f"no round {options['round']!r}")
        try:
            row = export_to_folder(round_, options["folder"], by=SYSTEM, reason=options["reason"])
        except (Refused, OSError) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(
            f"{options['folder']}: {row.entries} entries, head {row.head}, manifest {row.manifest}"
        )
