"""The documents that are read from the code are as the code is."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


def test_the_state_tables_are_those_of_the_code():
    out = StringIO()
    call_command("state_tables", stdout=out)
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == out.getvalue()
