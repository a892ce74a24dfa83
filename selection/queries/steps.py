"""Whether anything about an object is a person's to do."""

from __future__ import annotations

from typing import Any

from workflow import collections
from workflow.actor import Actor
from workflow.machine import steps_of


def has_steps(obj: Any, actor: Actor) -> bool:
    """Whether some step with a page is this actor's from the present state, be it possible yet or not."""
    home = collections.of(obj)
    if home is None:
        return False
    return any(
        obj.state in step.sources and step.policy(obj, actor)
        for step in steps_of(type(obj))
        if step.name in home.forms
    )
