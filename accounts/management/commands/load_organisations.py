from typing import Any

from django.core.management.base import BaseCommand

from accounts.actions import organisation
from workflow.actor import SYSTEM


class Command(BaseCommand):
    help = "Load the province's 11 cities and 90 counties as organisations; what is there stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(organisation.load_tree(by=SYSTEM)))
