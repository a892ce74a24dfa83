"""Pages that are the same for everybody: no account, no session, no cookie but the language, and a finished copy kept.

Each process keeps the finished pages in its own memory under the present stamp (workflow/freshness.py), so that what was
posted, ended or corrected is seen by the next reader, whichever process answers. A copy is never older than `KEPT`
seconds, and never from another day. Where the stamp cannot be read every page is made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from workflow import clock
from workflow.freshness import stamp

View = Callable[..., HttpResponse]
KEPT = 60  # seconds that a finished page is shown at most
MAX_AGE = 10  # seconds that a reader's browser or a proxy shows its copy without asking
KEPT_PARAMETERS = frozenset({"page", "batch", "lang"})  # pages asked for with others are made anew: searches
LARGEST = 400_000  # bytes of a page that is kept


def without_session(view: View) -> View:
    """Whoever reads is nobody in particular: the page is the same for all, and no cookie is read but the language's."""

    @login_not_required
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.user = AnonymousUser()
        if hasattr(request, "_messages"):
            del request._messages
        return view(request, *args, **kwargs)

    return shown


def public_page(view: View) -> View:
    """A page of the public site, kept when finished, with a validator so that a copy is asked about instead of sent again."""

    @wraps(view)
    def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request)
        kept = caches["pages"].get(key) if key else None
        if kept is None:
            kept = _finished(view(request, *args, **kwargs))
            if key and kept[0] == 200 and len(kept[2]) <= LARGEST:
                caches["pages"].set(key, kept, KEPT)
        return _answer(request, kept)

    return without_session(require_safe(cached))


Kept = tuple[int, dict[str, str], bytes]  # status, headers, content


def _finished(response: HttpResponse) -> Kept:
    headers = dict(response.items())
    headers.setdefault("ETag", quote_etag(sha256(response.content).hexdigest()[:32]))
    return response.status_code, headers, response.content


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    status, headers, content = kept
    response: Any = HttpResponse(content, status=status, headers=headers)
    patch_cache_control(response, public=True, max_age=0 if settings.DEMO else MAX_AGE)
    patch_vary_headers(response, ["Cookie"])  # the language that the reader chose
    if status == 200:
        response = get_conditional_response(request, etag=headers["ETag"], response=response)
    return response  # type: ignore[no-any-return]


def _key(request: HttpRequest) -> str:
    """Under what a finished page is kept: all that it depends on; empty for one that is not kept."""
    if not settings.PUBLIC_PAGES_KEPT or set(request.GET) - KEPT_PARAMETERS:
        return ""
    present = stamp()
    if not present:
        return ""
    parts = (
        present, clock.today().isoformat(), str(clock.demo_offset()) if settings.DEMO else "", request.get_full_path(),
        translation.get_language() or "", request.COOKIES.get("lx_large", "")[:1],
    )  # fmt: skip
    return sha256("\n".join(parts).encode()).hexdigest()


def public_file(view: View) -> View:
    """A file of the public site: the same for everybody, asked about by its validator, not kept in memory."""

    @wraps(view)
    def sent(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _answer(request, _finished(view(request, *args, **kwargs)))

    return without_session(require_safe(sent))
