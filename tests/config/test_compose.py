"""docker-compose.yml against the Compose specification's published schema, and what it promises."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
FILLED = dict.fromkeys(
    ("SECRET_KEY", "HASH_KEY", "FIELD_KEYS", "ALLOWED_HOSTS", "SITE_URL", "POSTGRES_PASSWORD"), "x"
)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads((ROOT / "tests" / "data" / "compose-spec.json").read_text(encoding="utf-8"))


def docker_compose(**environment: str) -> subprocess.CompletedProcess[str]:
    command = ["docker-compose", "--env-file", ".env.example", "-f", "docker-compose.yml", "config"]
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | environment
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)


needs_docker_compose = pytest.mark.skipif(
    not shutil.which("docker-compose"), reason="docker-compose is not installed"
)


def test_the_file_follows_the_compose_specification(compose: dict[str, Any], schema: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(schema).validate(compose)


def test_the_schema_refuses_a_misspelt_key(compose: dict[str, Any], schema: dict[str, Any]) -> None:
    services = compose["services"] | {"web": compose["services"]["web"] | {"helthcheck": {}}}
    with pytest.raises(jsonschema.ValidationError, match="helthcheck"):
        jsonschema.Draft7Validator(schema).validate(compose | {"services": services})


@needs_docker_compose
def test_docker_compose_reads_the_file() -> None:
    read = docker_compose(**FILLED)
    assert (read.returncode, read.stderr) == (0, "")
    assert set(yaml.safe_load(read.stdout)["services"]) >= {
        "web",
        "worker",
        "timetable",
        "database",
        "broker",
        "proxy",
    }


@needs_docker_compose
@pytest.mark.parametrize("secret", sorted(FILLED))
def test_an_empty_secret_is_refused_by_name(secret: str) -> None:
    read = docker_compose(**(FILLED | {secret: ""}))
    assert read.returncode != 0
    assert f"fill in {secret} in .env" in read.stderr


def test_every_setting_of_the_file_is_in_the_example() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    offered = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked - {"VERSION"} == offered


def test_web_worker_and_timetable_share_one_environment(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert (
        services["web"]["environment"]
        == services["worker"]["environment"]
        == services["timetable"]["environment"]
    )
    assert services["web"]["environment"]["PRODUCTION"] == "1"


def test_only_the_proxy_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_every_lasting_service_is_watched(compose: dict[str, Any]) -> None:
    lasting = {
        name: service
        for name, service in compose["services"].items()
        if service["restart"] == "unless-stopped"
    }
    watched = {name for name, service in lasting.items() if "test" in service.get("healthcheck", {})}
    assert lasting.keys() - watched == {"web"}  # the image's own check
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
