"""The demo's one process: web server, job worker and timetable as threads that start and end together.

The worker shares the process's memory broker. Nothing is lost with it: what is due is found in the database.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, cast

import waitress
from celery.beat import EmbeddedService, Scheduler
from celery.worker import WorkController, state
from django.core.wsgi import get_wsgi_application

from config.celery import app

HOST = "127.0.0.1"
START_SECONDS, STOP_SECONDS = 60, 10


class CannotServe(Exception):
    """The site cannot be served, and why."""


def reserve(port: int) -> socket.socket:
    """A socket bound to the port and not yet listening. Raises `CannotServe` if somebody else has it."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
    except (OSError, OverflowError) as fault:
        found.close()
        raise CannotServe(f"port {port} cannot be used ({fault}); choose another one: PORT=8080") from fault
    return found


class Site:
    """The three threads."""

    def __init__(self, listener: socket.socket) -> None:
        self.port: int = listener.getsockname()[1]
        self.server: Any = waitress.create_server(get_wsgi_application(), sockets=[listener], threads=4)
        self.worker = WorkController(
            app=app,
            pool_cls="threads",
            concurrency=2,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            loglevel="WARNING",
        )
        self.timetable: Any = cast(Any, EmbeddedService)(
            app, thread=True, scheduler_cls=Scheduler
        )  # keeps no file
        self.timetable.daemon = True
        self.threads: tuple[threading.Thread, ...] = (
            threading.Thread(target=self.server.run, name="web", daemon=True),
            threading.Thread(target=self.worker.start, name="worker", daemon=True),
            self.timetable,
        )

    def start(self) -> None:
        """Start all three and wait until the port answers."""
        for thread in self.threads:
            thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            self.require_alive()
            if time.monotonic() > deadline:
                raise CannotServe(f"port {self.port} did not answer within {START_SECONDS} s")
            time.sleep(0.1)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def require_alive(self) -> None:
        """Raise `CannotServe` if one of the three has ended by itself."""
        for thread in self.threads:
            if not thread.is_alive():
                raise CannotServe(f"the thread {thread.name!r} has ended")

    def stop(self) -> None:
        """End all three; what does not end within STOP_SECONDS is ended with the process."""
        watchdog = threading.Timer(STOP_SECONDS, os._exit, [1])
        watchdog.daemon = True
        watchdog.start()
        cast(Any, state).should_stop = os.EX_OK
        self.timetable.service.stop()
        self.server.task_dispatcher.shutdown(timeout=3)
        for thread in self.threads[1:]:
            thread.join(STOP_SECONDS)
        watchdog.cancel()


def run(listener: socket.socket, *, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called once the port answers."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_args: stop.set())
    site = Site(listener)
    try:
        site.start()
        ready()
        while not stop.wait(0.5):
            site.require_alive()
    finally:
        site.stop()
