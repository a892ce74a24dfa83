"""What a page may call a nominee by, whoever reads."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.roles import Role
from selection.models import Nomination
from selection.queries.expert_view import Face, face_of, full_face_of

register = template.Library()


@register.simple_tag(takes_context=True)
def face(context: Any, nomination: Nomination) -> Face:
    """For an expert of a blind round the number alone; for everybody else number, name and unit."""
    if context["user"].holds(Role.EXPERT):
        return face_of(nomination)
    return full_face_of(nomination)
