"""The scanner hook, against a daemon that speaks ClamAV's protocol over a real socket."""

from __future__ import annotations

import socketserver
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clamd import EICAR, Clamd, listening, serving
from workflow import scanner
from workflow.scanner import ScannerUnreachable, Verdict


@pytest.fixture
def clamd(settings: Any) -> Iterator[None]:
    with listening(settings):
        yield


def test_without_a_scanner_a_file_counts_as_clean_and_the_verdict_says_that_nobody_looked(settings):
    assert not scanner.configured()
    assert scanner.scan(EICAR) == Verdict(True, "", "")


def test_a_clean_file_is_found_clean(clamd):
    assert scanner.scan(b"x" * 200_000) == Verdict(True, "ClamAV", "")


def test_an_infected_file_is_named(clamd):
    assert scanner.scan(b"a" * 70_000 + EICAR) == Verdict(False, "ClamAV", "Win.Test.EICAR_HDB-1")


def test_the_scanner_answers_on_a_socket_of_the_file_system(settings):
    with tempfile.TemporaryDirectory() as folder:
        settings.CLAMAV_SOCKET = str(Path(folder) / "clamd.sock")
        with serving(socketserver.UnixStreamServer(settings.CLAMAV_SOCKET, Clamd)):
            assert not scanner.scan(EICAR).clean


@pytest.mark.parametrize("said", ["INSTREAM size limit exceeded. ERROR", "stream: ", "UNKNOWN COMMAND"])
def test_an_answer_that_is_no_verdict_is_none(clamd, monkeypatch, said):
    monkeypatch.setattr(Clamd, "said", said)
    with pytest.raises(ScannerUnreachable):
        scanner.scan(b"x")


def test_a_scanner_that_is_not_there_is_unreachable(settings):
    settings.CLAMAV_SOCKET = "/nowhere/clamd.sock"
    with pytest.raises(ScannerUnreachable):
        scanner.scan(b"x")
