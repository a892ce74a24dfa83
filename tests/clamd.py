"""A daemon that speaks ClamAV's protocol, for tests: it finds the standard test file and nothing else."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Clamd(socketserver.BaseRequestHandler):
    """Reads zINSTREAM and answers as clamd does."""

    said = ""  # an answer to every file, whatever is in it

    def handle(self) -> None:
        assert self._exactly(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", self._exactly(4))[0]:
            content += self._exactly(size)
        found = "stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else "stream: OK"
        self.request.sendall((self.said or found).encode() + b"\0")

    def _exactly(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            got += self.request.recv(size - len(got))
        return got


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def listening(settings: Any) -> Iterator[None]:
    """The daemon on a port of its own, and the settings that name it."""
    with serving(socketserver.TCPServer(("127.0.0.1", 0), Clamd)) as server:
        settings.CLAMAV_HOST, settings.CLAMAV_PORT = server.server_address
        yield
