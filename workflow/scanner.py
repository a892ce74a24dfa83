"""The hook for a virus scanner: ClamAV's daemon, asked over its own protocol, where the environment names one."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

from django.conf import settings

CHUNK = 64 * 1024
SECONDS = 60.0
MOST_ANSWER = 4096


@dataclass(frozen=True)
class Verdict:
    """What the scanner says of a file; `scanner` is empty where none is configured."""

    clean: bool
    scanner: str
    finding: str = ""


class ScannerUnreachable(Exception):
    """A scanner is configured and does not answer: the file stays closed until it does."""


def configured() -> bool:
    """Whether files are looked at by a scanner."""
    return bool(settings.CLAMAV_SOCKET or settings.CLAMAV_HOST)


def scan(content: bytes) -> Verdict:
    """Look at a file. Without a scanner it counts as clean, and the verdict says that nobody looked."""
    if not configured():
        return Verdict(True, "")
    try:
        with _connected() as line:
            answer = _asked(line, content)
    except OSError as fault:
        raise ScannerUnreachable(str(fault)) from fault
    return _read(answer)


def _connected() -> socket.socket:
    if settings.CLAMAV_SOCKET:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(settings.CLAMAV_SOCKET)
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((settings.CLAMAV_HOST, settings.CLAMAV_PORT), timeout=SECONDS)


def _asked(line: socket.socket, content: bytes) -> str:
    line.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), CHUNK):
        piece = content[start : start + CHUNK]
        line.sendall(struct.pack("!I", len(piece)) + piece)
    line.sendall(struct.pack("!I", 0))
    answer = b""
    while b"\0" not in answer and len(answer) < MOST_ANSWER:
        more = line.recv(MOST_ANSWER)
        if not more:
            break
        answer += more
    return answer.split(b"\0")[0].decode("utf-8", "replace").strip()


def _read(answer: str) -> Verdict:
    """`stream: OK`, `stream: NAME FOUND`; anything else is no verdict."""
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Verdict(True, "ClamAV")
    if said.endswith(" FOUND"):
        return Verdict(False, "ClamAV", said.removesuffix(" FOUND")[:200])
    raise ScannerUnreachable(f"the scanner answered {answer[:200]!r}")
