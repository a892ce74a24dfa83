"""The locked lists: no trace of the machine that wrote them, every package that pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
LISTS = {"requirements.txt": [], "requirements-dev.txt": ["dev", "browser"]}
LOCKED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)(?: ; ([^\\]+?))? \\$")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def locked(name: str) -> dict[str, str]:
    found = (LOCKED.match(line) for line in text(name).splitlines())
    return {canonicalize_name(match[1]): match[2] for match in found if match}


def asked(groups: list[str]) -> list[Requirement]:
    project: dict[str, Any] = tomllib.loads(text("pyproject.toml"))
    lines = list(project["project"]["dependencies"])
    for group in groups:
        lines += project["dependency-groups"][group]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_names_no_address_and_no_path(name: str) -> None:
    traces = [
        line
        for line in text(name).splitlines()
        if re.search(r"://|file:|index-url|find-links|(^|\s)/|\s-e\s", line)
    ]
    assert traces == []


@pytest.mark.parametrize("name", LISTS)
def test_every_line_is_a_version_a_hash_or_a_remark(name: str) -> None:
    known = re.compile(r"^(#.*|    # via.*|    #   .*|    --hash=sha256:[0-9a-f]{64}( \\)?)$")
    assert [line for line in text(name).splitlines() if not (known.match(line) or LOCKED.match(line))] == []


@pytest.mark.parametrize(("name", "groups"), LISTS.items())
def test_a_list_holds_what_is_asked_for_in_a_version_that_is_admitted(name: str, groups: list[str]) -> None:
    versions = locked(name)
    missing = [
        str(requirement)
        for requirement in asked(groups)
        if not requirement.specifier.contains(versions.get(canonicalize_name(requirement.name), "0"))
    ]
    assert missing == []


def test_both_lists_agree() -> None:
    runtime, development = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: development.get(name) for name in runtime} == runtime
