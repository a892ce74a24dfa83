"""The demo's data: invented people and units on the province's real map, the same for the same seed."""

from __future__ import annotations

from django.db import transaction

from accounts.actions import organisation
from accounts.models import User
from config.demo import people
from workflow.actor import SYSTEM

STAGES = (
    "draft", "open", "screening", "review", "deliberation", "notice", "determination", "published", "studios",
)  # fmt: skip
DEFAULT_STAGE = "notice"
DEFAULT_SEED = 2026


def loaded() -> bool:
    """Whether the demo's data are there."""
    return User.objects.exists()


@transaction.atomic
def load(stage: str = DEFAULT_STAGE, seed: int = DEFAULT_SEED) -> None:
    """Load everything, once: all of it or nothing."""
    organisation.load_tree(by=SYSTEM)
    people.load()
