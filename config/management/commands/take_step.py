"""A step from the command line: the same door, the same form and the same person as on the page."""

from __future__ import annotations

import json
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiToken, User
from workflow import clock, collections, door
from workflow.collections import Collection
from workflow.errors import Refused
from workflow.machine import step_named

TOKEN = "LINGXUAN_TOKEN"


class Command(BaseCommand):
    help = f"Take a step as the person whose token stands in {TOKEN}: nobody acts for another, here neither."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("collection")
        parser.add_argument("pk", type=int)
        parser.add_argument("step")
        parser.add_argument("--input", default="{}", help="the step's input as a JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found, person = collections.named(options["collection"]), _person()
        name = options["step"]
        if found is None or name not in found.forms or step_named(found.model, name) is None:
            raise CommandError(f"no step {name!r} in {options['collection']!r}")
        obj = found.visible_to(person).filter(pk=options["pk"]).first()
        if obj is None:
            raise CommandError("no such record")
        try:
            state = _take(found, obj, name, person, _given(options["input"]))
        except Refused as refusal:
            raise CommandError(f"{refusal.code}: {refusal}") from refusal
        self.stdout.write(state)


def _person() -> User:
    digest = ApiToken.digest_of(os.environ.get(TOKEN, ""))
    tokens = ApiToken.objects.select_related("user")
    row = tokens.filter(digest=digest, expires_at__gt=clock.now(), user__is_active=True).first()
    if row is None:
        raise CommandError(f"{TOKEN} holds no token in force; `manage.py issue_token USERNAME` makes one")
    return row.user


def _given(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except ValueError as fault:
        raise CommandError(f"--input is no JSON: {fault}") from fault
    if not isinstance(given, dict):
        raise CommandError("--input is no JSON object")
    return given


def _take(found: Collection, obj: Any, name: str, person: User, given: dict[str, Any]) -> str:
    door.require_open(obj, name, by=person)
    form = found.forms[name](given, obj=obj, actor=person)
    if not form.is_valid():
        raise CommandError(json.dumps(form.errors.get_json_data(), ensure_ascii=False))
    form.take()
    return str(found.model._default_manager.values_list("state", flat=True).get(pk=obj.pk))
