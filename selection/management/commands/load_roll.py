"""Import a published list as a historical round."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from selection.actions.roll import Batch, load_roll
from workflow.actor import SYSTEM
from workflow.errors import Refused

# What is known of the first batch, for which the file is part of this project.
TITLE, ORGANISER, PUBLISHED_ON = "首批浙江省社会工作领军人才", "浙江省民政厅", date(2021, 12, 1)


class Command(BaseCommand):
    """`load_roll FILE.csv`: columns 序号, 姓名, 单位及职务; UTF-8. All of it or nothing."""

    help = "Import a published list (CSV: 序号, 姓名, 单位及职务) as a historical round."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--title", default=TITLE)
        parser.add_argument("--organiser", default=ORGANISER)
        parser.add_argument(
            "--published-on", type=date.fromisoformat, default=PUBLISHED_ON, metavar="YYYY-MM-DD"
        )
        parser.add_argument("--code", default="", help="default: roll-YEAR")

    def handle(self, *args: Any, **options: Any) -> None:
        published_on: date = options["published_on"]
        code = options["code"] or f"roll-{published_on.year}"
        batch = Batch(code, options["title"], options["organiser"], published_on)
        try:
            data = options["file"].read_bytes()
        except OSError as fault:
            raise CommandError(f"{options['file']}: {fault.strerror}") from fault
        try:
            _round, new = load_roll(data, batch=batch, by=SYSTEM)
        except Refused as refusal:
            raise CommandError(f"{options['file']}: {refusal}") from refusal
        self.stdout.write(f"{code}: {new} imported" if new else f"{code}: already imported, nothing changed")
