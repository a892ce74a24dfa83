"""Conclusions of the screening, as pages and API share them, and what waits for reviewers and managers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.forms.qualification import REVIEW_FORMS
from selection.models import QualificationReview
from selection.queries.qualification import is_open_to, reviews_visible_to, tab_counts
from workflow import clock, todo
from workflow.actor import Actor
from workflow.collections import Collection, register


def represent(review: QualificationReview, actor: Actor) -> dict[str, Any]:
    """A review; its conclusion only for whoever may read it."""
    readable = is_open_to(review, actor)
    return {
        "id": review.pk,
        "nomination": review.nomination_id,
        "code": review.nomination.code,
        "reviewer": review.reviewer.name,
        "state": review.state,
        "state_label": str(review.get_state_display()),
        "verdict": review.verdict if readable else None,
        "findings": review.findings if readable else None,
        "grounds": review.grounds if readable else None,
        "reason": review.reason if readable else None,
        "started_at": review.started_at.astimezone(clock.ZONE).isoformat(),
        "concluded_at": review.concluded_at.astimezone(clock.ZONE).isoformat()
        if review.concluded_at
        else None,
        "set_aside": review.set_aside_at is not None,
    }


register(
    Collection(
        name="qualification-reviews",
        model=QualificationReview,
        visible_to=reviews_visible_to,
        represent=represent,
        url=lambda review: reverse("qualification_detail", args=[review.nomination_id]),
        forms=REVIEW_FORMS,
        filters=("nomination", "state"),
    )
)

_WAITING = {
    Role.REVIEWER: {"open": _("受理资格初审"), "mine": _("提交初审结论")},
    Role.MANAGER: {"differing": _("裁定不一致的初审结论")},
}


@todo.register
def waiting(actor: Any) -> Iterator[todo.Todo]:
    """Dossiers to take up and to conclude; conclusions to rule on."""
    titles = {
        tab: title for role, tabs in _WAITING.items() if actor.holds(role) for tab, title in tabs.items()
    }
    if not titles:
        return
    counts = tab_counts(actor)
    for tab, title in titles.items():
        if counts.get(tab):
            url = f"{reverse('qualification_queue')}?tab={tab}"
            note = gettext("%(n)s份") % {"n": counts[tab]}
            yield todo.Todo(title, url, note=note, icon="clipboard-check", count=counts[tab])
