"""What every page knows: the demo's state, the navigation, how much waits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from config.navigation import navigation_for
from workflow import clock


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "demo": settings.DEMO,
        "site_url": settings.SITE_URL.rstrip("/"),
        "now": clock.now,
        "navigation": navigation_for(request) if known else [],
        "signed_in": known,
    }
