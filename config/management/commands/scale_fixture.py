from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import scale


class Command(BaseCommand):
    help = "Add rows in bulk for measurements: never where real data are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rounds", type=int, default=1)
        parser.add_argument("--nominations", type=int, default=1000, help="in all rounds together")
        parser.add_argument("--experts", type=int, default=0)
        parser.add_argument("--studios", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        sizes = {name: options[name] for name in ("rounds", "nominations", "experts", "studios")}
        if settings.PRODUCTION:
            raise CommandError(
                "Not on a production site: these rows are of no meaning and cannot be removed."
            )
        if min(sizes.values()) < 0 or sizes["rounds"] < 1:
            raise CommandError("At least one round, and no negative numbers.")
        scale.fill(**sizes)
        self.stdout.write(", ".join(f"{name} {size}" for name, size in sizes.items()))
