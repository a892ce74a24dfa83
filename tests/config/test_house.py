"""Rules of the house that no linter knows: one state machine package, one door, no rooms without a name."""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "studios", "selection", "accounts", "workflow")
NAMELESS_FILES = {"utils.py", "helpers.py", "services.py", "signals.py", "managers.py"}
NAMELESS_FOLDERS = {"common", "core", "utils", "helpers"}
WRITERS = {"update", "bulk_update", "update_or_create", "get_or_create", "bulk_create", "create"}


def sources() -> list[Path]:
    return sorted(
        path
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.relative_to(ROOT).parts
    )


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def writes_state(call: ast.Call) -> bool:
    """Whether a call sets a state behind the door's back: update(state=…), bulk_update, setattr."""
    name = called(call)
    if name == "setattr":
        return any(isinstance(part, ast.Constant) and part.value == "state" for part in call.args)
    if name == "bulk_update":
        return any(
            isinstance(part, ast.Constant) and part.value == "state"
            for argument in call.args
            for part in ast.walk(argument)
        ) or any(
            "state" in ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg == "fields"
        )
    return name == "update" and any(keyword.arg == "state" for keyword in call.keywords)


def creates_in_a_state(call: ast.Call) -> bool:
    """Whether an object is made in a state other than the first one, without a step having led there."""
    return called(call) in WRITERS - {"update", "bulk_update"} and any(
        word.arg == "state" for word in call.keywords
    )


def places(found: list[tuple[Path, int]]) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{line}" for path, line in found]


def test_django_fsm_is_the_maintained_package() -> None:
    assert importlib.metadata.version("django-fsm-2")
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("django-fsm")


def test_django_fsm_is_typed_and_imports_without_a_warning() -> None:
    import django_fsm

    assert (Path(django_fsm.__file__).parent / "py.typed").exists()
    imported = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", "import django_fsm"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (imported.returncode, imported.stderr) == (0, "")


def test_no_file_or_folder_is_named_for_nothing() -> None:
    files = [path for path in sources() if path.name in NAMELESS_FILES]
    folders = [path for path in sources() if NAMELESS_FOLDERS & set(path.relative_to(ROOT).parts[:-1])]
    assert places([(path, 1) for path in files + folders]) == []


def test_no_module_catches_every_exception() -> None:
    caught = [
        (path, node.lineno)
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or any(name in ast.unparse(node.type).split(".") for name in ("Exception", "BaseException"))
        )
    ]
    assert places(caught) == []


def test_a_state_changes_through_the_door_alone() -> None:
    behind = [(path, call.lineno) for path in sources() for call in calls(path) if writes_state(call)]
    assert places(behind) == []


def test_no_object_is_made_in_the_middle_of_its_life() -> None:
    made = [(path, call.lineno) for path in sources() for call in calls(path) if creates_in_a_state(call)]
    assert places(made) == []


@pytest.mark.parametrize(
    "line",
    [
        "Nomination.objects.filter(pk=1).update(state='qualified')",
        "Nomination.objects.bulk_update(rows, ['state'])",
        "Nomination.objects.bulk_update(rows, fields=['note', 'state'])",
        "setattr(nomination, 'state', 'qualified')",
    ],
)
def test_the_search_finds_a_state_written_behind_the_door(line: str) -> None:
    assert any(writes_state(node) for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Call))


def test_the_search_passes_over_other_updates() -> None:
    line = "form.data.update(estate=1); rows.update(sent_at=now); dict(state=1)"
    assert not any(writes_state(node) for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Call))


def test_the_readme_says_which_package_django_fsm_is() -> None:
    assert "django-fsm-2" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_published_list_is_kept_as_published() -> None:
    rows = (ROOT / "selection" / "data" / "first_batch_2021.csv").read_bytes()
    assert rows.count(b"\n") == 11
    assert "2,秦\u3000芸,".encode() in rows
