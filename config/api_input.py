"""What a request of the API says: paging, filters, and the JSON body of a step as its form's data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NoReturn

from django import forms
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from workflow.collections import Collection
from workflow.forms import StepForm, json_schema

PAGE_SIZE, MAX_PAGE_SIZE = 50, 200
MAX_INTEGER = 2**63 - 1

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
}


class MalformedRequest(Exception):
    """What could not be read, by field."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__(fields)
        self.fields = dict(fields)


class PageForm(forms.Form):
    """Which page of a list."""

    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)
    page_size = forms.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, required=False)


def page_of(request: HttpRequest) -> tuple[int, int]:
    """Page and page size of a list."""
    form = PageForm(request.GET)
    if not form.is_valid():
        raise MalformedRequest(errors_of(form))
    return form.cleaned_data["page"] or 1, form.cleaned_data["page_size"] or PAGE_SIZE


def narrowed(rows: QuerySet[Any], collection: Collection, request: HttpRequest) -> QuerySet[Any]:
    """The rows that pass the filters named in the address."""
    unknown = set(request.GET) - set(collection.filters) - set(PageForm.base_fields)
    if unknown:
        raise MalformedRequest({name: [_("没有这个查询参数。")] for name in sorted(unknown)})
    for name in collection.filters:
        if name in request.GET:
            rows = _filtered(rows, name, request.GET[name])
    return rows


def _filtered(rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
    if "\0" in value or _overflows(value):
        raise MalformedRequest({name: [_("查询值无效。")]})
    try:
        return rows.filter(**{name: _plain(rows.model, name, value)})
    except (ValueError, TypeError, ValidationError) as fault:
        raise MalformedRequest({name: [_("查询值无效。")]}) from fault


def _overflows(value: str) -> bool:
    """A number that no database column holds."""
    return len(value) > 18 and value.lstrip("-").isdecimal() and abs(int(value[:40])) > MAX_INTEGER


def _plain(model: type[models.Model], name: str, value: str) -> str | bool:
    """`true` and `false` for a field that knows only those."""
    field = model._meta.get_field(name) if "__" not in name else None
    if isinstance(field, models.BooleanField) or name.endswith("__isnull"):
        return {"true": True, "false": False}.get(value, value)
    return value


def digest_of(request: HttpRequest) -> str:
    """What makes two requests the same: method, path and body."""
    head = f"{request.method} {request.path}\0".encode()
    return hashlib.sha256(head + _body(request)).hexdigest()


def require_key(key: str) -> None:
    """An Idempotency-Key is 1 to 200 visible characters."""
    if not key.strip() or len(key) > 200 or not key.isprintable():
        raise MalformedRequest({"Idempotency-Key": [_("须为1至200个可见字符。")]})


def filled(form: type[StepForm], request: HttpRequest, obj: Any, actor: Any) -> StepForm:
    """The step's form with the JSON body in it, found valid."""
    data = _json_object(request)
    empty = form(obj=obj, actor=actor)
    _require_types(data, json_schema(empty)["properties"])
    bound = form({_key(empty, name): value for name, value in data.items()}, obj=obj, actor=actor)
    if not bound.is_valid():
        raise MalformedRequest(errors_of(bound))
    return bound


def _key(form: forms.BaseForm, name: str) -> str:
    return form.add_prefix(name)


def errors_of(form: forms.BaseForm) -> dict[str, list[str]]:
    """A form's errors by field; what concerns the whole stands under `__all__`."""
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def _json_object(request: HttpRequest) -> dict[str, Any]:
    """The body as an object; nothing counts as an empty one, a null as absent."""
    body = _body(request)
    if not body.strip():
        return {}
    try:
        data = json.loads(body, parse_constant=_not_json)
        json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as fault:
        raise MalformedRequest({"__all__": [_("请求正文不是有效的JSON。")]}) from fault
    if not isinstance(data, dict):
        raise MalformedRequest({"__all__": [_("请求正文应为一个JSON对象。")]})
    return {name: value for name, value in data.items() if value is not None}


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig as fault:
        raise MalformedRequest({"__all__": [_("请求正文过大。")]}) from fault


def _not_json(name: str) -> NoReturn:
    raise ValueError(name)


def _require_types(data: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
    faults = {name: _fault(value, properties.get(name)) for name, value in data.items()}
    found = {name: [fault] for name, fault in faults.items() if fault}
    if found:
        raise MalformedRequest(found)


def _fault(value: Any, schema: Mapping[str, Any] | None) -> str:
    if schema is None:
        return _("没有这个字段。")
    kind = schema.get("type", "")
    accepted = _TYPES.get(kind)
    if accepted is None or (schema.get("format") == "decimal" and type(value) in (int, float)):
        return ""
    if type(value) not in accepted:
        return _("类型不符，应为%(type)s。") % {"type": kind}
    if kind == "array" and not all(type(item) in (str, int) for item in value):
        return _("类型不符，应为%(type)s。") % {"type": schema["items"]["type"]}
    return ""
