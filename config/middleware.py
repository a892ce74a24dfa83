"""What every request passes through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from workflow import once
from workflow.errors import NotPermitted, Refused

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def content_security_policy(get_response: Handler) -> Handler:
    """Nothing is loaded from another origin, no script or style stands inside a page."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return handle


def read_once(get_response: Handler) -> Handler:
    """What a page asks for again and again and nothing in it changes is read once."""

    def handle(request: HttpRequest) -> HttpResponse:
        with once.reading():
            return get_response(request)

    return handle


def text_alone(get_response: Handler) -> Handler:
    """An address with a null character in it names nothing, and no database could look for it."""

    def handle(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/") and any("\0" in part for part in _parts_of(request)):
            raise BadRequest("null character")  # the API names the parameter
        return get_response(request)

    return handle


def _parts_of(request: HttpRequest) -> Iterator[str]:
    yield request.path
    for name, values in request.GET.lists():
        yield name
        yield from map(str, values)


def chosen_language(get_response: Handler) -> Handler:
    """Chinese unless the reader chose English: the browser's own preference does not decide an official page."""

    def handle(request: HttpRequest) -> HttpResponse:
        language = _language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", "zh-CN" if language == "zh-hans" else language)
            return response

    return handle


def _language_of(request: HttpRequest) -> str:
    if request.path.startswith("/api/"):  # a program says by Accept-Language what its reader reads
        return translation.get_language_from_request(request)
    asked = request.GET.get(
        "lang", ""
    )  # an address that is in one language, for whoever follows it from elsewhere
    if asked in dict(settings.LANGUAGES):
        return asked
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class SignInRequired(LoginRequiredMiddleware):
    """Every page asks for an account unless its view says otherwise; the API answers 401 by itself."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        if request.path.startswith("/api/"):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class Refusals:
    """A refusal on a page becomes a sentence for the reader; nothing else is swallowed."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused) or request.path.startswith("/api/"):
            return None
        if isinstance(exception, NotPermitted):
            return render(request, "403.html", {"sentence": str(exception)}, status=403)
        messages.error(request, str(exception))
        back = request.META.get("HTTP_REFERER", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()})
        return HttpResponseRedirect(back if safe and request.method == "POST" else "/")
