from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import token
from accounts.models import User
from workflow.actor import SYSTEM
from workflow.errors import Refused


class Command(BaseCommand):
    help = "Issue a token of the API for a person and print it alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--days", type=int, default=token.DEFAULT_DAYS)

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"no account {options['username']!r}")
        try:
            self.stdout.write(token.issue(user, by=SYSTEM, days=options["days"]))
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
