"""Every answer of the API is JSON: refusals, unknown addresses, wrong methods, failures."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.defaults import server_error as server_error_page
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from config.api_input import MalformedRequest
from workflow.errors import NotPermitted, Refused

Fault = tuple[int, dict[str, Any]]


def fault_of(exception: Exception) -> Fault | None:
    """Status and body for what a request may run into; None for what is our own failure."""
    if isinstance(exception, MalformedRequest):
        message = _("请求有误，请修改所列字段。")
        return 400, {"code": "malformed", "message": message, "fields": exception.fields}
    if isinstance(exception, NotPermitted):
        return 403, {"code": exception.code, "message": str(exception)}
    if isinstance(exception, Refused):
        return 409, {"code": exception.code, "message": str(exception)}
    if isinstance(exception, Http404):
        return 404, {"code": "not_found", "message": _("没有找到，或您没有查看权限。")}
    return None


def install(api: NinjaAPI) -> None:
    """Let the API answer its faults in our form."""

    def answer(request: HttpRequest, exception: Any) -> HttpResponse:
        fault = fault_of(exception)
        assert fault is not None
        return api.create_response(request, fault[1], status=fault[0])

    def unauthenticated(request: HttpRequest, _exception: Any) -> HttpResponse:
        body = {"code": "unauthenticated", "message": _("请提供有效的访问令牌。")}
        response = api.create_response(request, body, status=401)
        response["WWW-Authenticate"] = "Bearer"
        return response

    for kind in (MalformedRequest, Refused, Http404):
        api.add_exception_handler(kind, answer)
    api.add_exception_handler(AuthenticationError, unauthenticated)


def framed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of the API with a JSON 405 and headers that keep what it answers out of caches."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            allowed = response.headers["Allow"]
            body = {"code": "method_not_allowed", "message": _("此地址不支持该方法。")}
            response = JsonResponse(body, status=405, headers={"Allow": allowed})
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ("Accept-Language", "Authorization"))
        return response

    return answer


@csrf_exempt
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address that the API does not have."""
    return JsonResponse({"code": "not_found", "message": _("没有找到，或您没有查看权限。")}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own failure: JSON for a program, a page for a person."""
    if not request.path.startswith("/api/"):
        return server_error_page(request)
    body = {"code": "server_error", "message": _("系统出错，本次操作未生效。")}
    return JsonResponse(body, status=500)
