"""`/api/v1/`: the same collections, policies and actions as the pages, for programs with a token.

Built from what the collections register: what is registered is listed, described and has its steps here.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, re_path
from ninja import NinjaAPI
from ninja.security import HttpBearer

from accounts.actions import idempotency
from accounts.models import ApiToken, User
from config import api_answers, api_input, api_schemas
from workflow import clock, collections, door
from workflow.collections import Collection
from workflow.errors import Refused
from workflow.forms import json_schema
from workflow.machine import Machine, OpenStep, open_steps, step_named

Answer = tuple[int, dict[str, Any]]


class Token(HttpBearer):
    """`Authorization: Bearer TOKEN`: the person whose token it is, while it is in force."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        row = (
            ApiToken.objects.select_related("user")
            .filter(digest=ApiToken.digest_of(token), expires_at__gt=clock.now(), user__is_active=True)
            .first()
        )
        if row is None:
            return None
        request.user = row.user
        return row.user


def records(collection: Collection, user: User) -> QuerySet[Any]:
    """What the caller may see of a collection."""
    return collection.visible_to(user)


def record(collection: Collection, user: User, pk: int) -> Any:
    """One of them; what is not theirs to see is not there."""
    found = records(collection, user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def page(collection: Collection, request: HttpRequest, user: User) -> dict[str, Any]:
    """One page of what the caller may see, in a stable order."""
    number, size = api_input.page_of(request)
    rows = api_input.narrowed(records(collection, user), collection, request)
    start = (number - 1) * size
    shown = rows.order_by(*_order(rows), "pk")[start : start + size]
    return {"items": [collection.represent(row, user) for row in shown], "count": rows.count()}


def _order(rows: QuerySet[Any]) -> tuple[Any, ...]:
    return tuple(rows.query.order_by) or tuple(rows.model._meta.ordering or ())


def steps(collection: Collection, user: User, pk: int) -> dict[str, Any]:
    """The steps open to the caller that are asked for here."""
    obj = record(collection, user, pk)
    items = [_shown(collection, obj, user, s) for s in open_steps(obj, user) if s.name in collection.forms]
    return {"items": items, "count": len(items)}


def _shown(collection: Collection, obj: Any, user: User, found: OpenStep) -> dict[str, Any]:
    return {
        "name": found.name,
        "label": str(found.label),
        "possible": found.possible,
        "code": found.code,
        "reason": str(found.why_not),
        "consequence": str(found.consequence),
        "input": json_schema(collection.forms[found.name](obj=obj, actor=user)),
    }


def take(collection: Collection, request: HttpRequest, user: User, pk: int, name: str) -> Answer:
    """Take a step: first who may and whether it is open, then what was sent, then the action decides."""
    obj = record(collection, user, pk)
    if name not in collection.forms or step_named(collection.model, name) is None:
        raise Http404
    door.require_open(obj, name, by=user)
    api_input.filled(collection.forms[name], request, obj, user).take()
    return 200, collection.represent(_as_it_stands(collection, user, pk), user)


def _as_it_stands(collection: Collection, user: User, pk: int) -> Any:
    """The object after the step, even if it has left the caller's sight by it."""
    seen = records(collection, user).filter(pk=pk).first()
    return seen if seen is not None else collection.model._default_manager.get(pk=pk)


def taken(collection: Collection, request: HttpRequest, user: User, pk: int, name: str) -> tuple[int, str]:
    """As `take`, with refusals as answers, so that a repeated request gets the same."""
    try:
        status, body = take(collection, request, user, pk, name)
    except (api_input.MalformedRequest, Http404, Refused) as exception:
        fault = api_answers.fault_of(exception)
        assert fault is not None
        status, body = fault
    return status, json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder)


def answer_step(collection: Collection, request: HttpRequest, user: User, pk: int, name: str) -> HttpResponse:
    """Take a step, once if the request carries an Idempotency-Key."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        status, body = taken(collection, request, user, pk, name)
    else:
        api_input.require_key(key)
        digest = api_input.digest_of(request)
        status, body = idempotency.once(user, key, digest, lambda: taken(collection, request, user, pk, name))
    return HttpResponse(body, status=status, content_type="application/json")


def build(namespace: str = "api-v1") -> NinjaAPI:
    """The API of every collection registered by now."""
    api = NinjaAPI(
        title="Lingxuan 领选",
        version="1",
        urls_namespace=namespace,
        auth=Token(),
        docs_url=None,
        description=(
            "Messages in the language of Accept-Language (zh, en). Times ISO 8601 with offset, money and "
            "scores as decimal strings. What is not visible to the caller answers 404."
        ),
    )
    api_answers.install(api)
    for collection in collections.all_collections():
        _add_reading(api, collection)
        if issubclass(collection.model, Machine):
            _add_steps(api, collection)
    return api


def _add_reading(api: NinjaAPI, collection: Collection) -> None:
    name = collection.name

    @api.get(
        f"/{name}",
        operation_id=f"list_{name}",
        summary=f"List {name}",
        tags=[name],
        response={200: api_schemas.Page, **api_schemas.LISTED},
        openapi_extra={"parameters": api_schemas.list_parameters(collection, api_input.MAX_PAGE_SIZE)},
    )
    def listed(request: Any) -> HttpResponse:
        return _json(page(collection, request, request.auth))

    @api.get(
        f"/{name}/{{int:id}}",
        operation_id=f"get_{name}",
        summary=f"One of {name}",
        tags=[name],
        response={200: api_schemas.Record, **api_schemas.READ},
    )
    def got(request: Any, id: int) -> HttpResponse:
        return _json(collection.represent(record(collection, request.auth, id), request.auth))


def _add_steps(api: NinjaAPI, collection: Collection) -> None:
    name = collection.name

    @api.get(
        f"/{name}/{{int:id}}/steps",
        operation_id=f"steps_{name}",
        summary="The steps open to the caller",
        tags=[name],
        response={200: api_schemas.OpenSteps, **api_schemas.READ},
    )
    def listed_steps(request: Any, id: int) -> HttpResponse:
        return _json(steps(collection, request.auth, id))

    @api.post(
        f"/{name}/{{int:id}}/steps/{{step}}",
        operation_id=f"take_step_{name}",
        summary="Take a step",
        tags=[name],
        response={200: api_schemas.Record, **api_schemas.TAKEN},
        openapi_extra=api_schemas.step_operation(collection),
    )
    def take_step(request: Any, id: int, step: str) -> HttpResponse:
        return answer_step(collection, request, request.auth, id, step)


def _json(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(
        json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder), content_type="application/json"
    )


def patterns(api: NinjaAPI) -> tuple[list[URLPattern | URLResolver], str, str]:
    """The addresses of the API, for `path("api/v1/", …)`."""
    found, app_name, namespace = api.urls
    for pattern in found:
        assert pattern.callback is not None
        pattern.callback = api_answers.framed(pattern.callback)
    return found, app_name, namespace


urlpatterns = patterns(build())
nowhere = re_path(r"^api/(?P<rest>.*)$", api_answers.unknown)
