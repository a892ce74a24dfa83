"""Container health, standard library only: `python deploy/healthy.py web|broker` exits 0 if it answers.

web: the process on port 8000 answers /healthz. broker: the Redis of CELERY_BROKER_URL answers a PING.
"""

from __future__ import annotations

import os
import socket
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

SECONDS = 4


def web() -> bool:
    """Ask as the proxy would: under an allowed name, as if over TLS."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    headers = {"Host": host if host != "*" else "localhost", "X-Forwarded-Proto": "https"}
    request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def broker() -> bool:
    """Send PING, expect PONG."""
    address = urlsplit(os.environ["CELERY_BROKER_URL"])
    try:
        with socket.create_connection((address.hostname or "", address.port or 6379), SECONDS) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "broker": broker}[sys.argv[1]]() else 1)
