"""The ways into the product: the page, the API and the command line, each as one person takes a step."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ApiToken, User
from workflow import clock

Way = Callable[[User, str, Any, str, dict[str, Any]], str]


def token_of(person: User) -> str:
    token = ApiToken.new_token()
    ApiToken.objects.create(
        user=person, digest=ApiToken.digest_of(token), expires_at=clock.now() + timedelta(hours=1)
    )
    return token


def by_page(person: User, collection: str, obj: Any, step: str, given: dict[str, Any]) -> str:
    """The sentence of the refusal; nothing where the step was taken."""
    client = Client()
    client.force_login(person)
    answer = client.post(f"/steps/{collection}/{obj.pk}/{step}/", given)
    return "" if answer.status_code == 302 else answer.content.decode()


def by_api(person: User, collection: str, obj: Any, step: str, given: dict[str, Any]) -> str:
    client = Client(headers={"Authorization": f"Bearer {token_of(person)}"})
    answer = client.post(
        f"/api/v1/{collection}/{obj.pk}/steps/{step}", json.dumps(given), content_type="application/json"
    )
    return "" if answer.status_code == 200 else answer.content.decode()


def by_command(person: User, collection: str, obj: Any, step: str, given: dict[str, Any]) -> str:
    os.environ["LINGXUAN_TOKEN"] = token_of(person)
    try:
        call_command("take_step", collection, obj.pk, step, input=json.dumps(given), stdout=StringIO())
    except CommandError as refused:
        return str(refused)
    finally:
        del os.environ["LINGXUAN_TOKEN"]
    return ""


WAYS: dict[str, Way] = {"page": by_page, "api": by_api, "command": by_command}
