import gc
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections

from accounts.demo import accounts
from config import demo
from workflow import clock


class Command(BaseCommand):
    help = "The whole site with invented data in one process: web, job worker and timetable. DEMO=1 only."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        stage = os.environ.get("STAGE") or demo.DEFAULT_STAGE
        parser.add_argument("--stage", choices=demo.STAGES, default=stage, help="where the demo round stands")
        parser.add_argument("--seed", type=int, default=demo.DEFAULT_SEED)
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--no-serve", action="store_true", help="prepare the data and end")
        reset = os.environ.get("RESET") == "1"
        parser.add_argument("--reset", action="store_true", default=reset, help="throw the data away first")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demo: set DEMO=1. Never do so where real data are.")
        if options["stage"] not in demo.STAGES:
            raise CommandError(f"STAGE is one of {', '.join(demo.STAGES)}")
        if options["no_serve"]:
            self.prepare(options)
            self.print_accounts()
        else:
            self.serve(options)

    def serve(self, options: dict[str, Any]) -> None:
        from config import serve  # the worker and the server: nothing else needs them

        try:
            listener = serve.reserve(options["port"])
            address = f"http://{serve.HOST}:{listener.getsockname()[1]}"
            settings.SITE_URL = os.environ.get("SITE_URL") or address
            self.prepare_apart(options)
            serve.run(listener, ready=lambda: self.print_ready(address))
        except serve.CannotServe as fault:
            raise CommandError(str(fault)) from fault

    def prepare_apart(self, options: dict[str, Any]) -> None:
        """In a process of its own where the system can: what loading took of memory does not stay with the server."""
        if not hasattr(os, "fork"):
            self.prepare(options)
            return
        child = os.fork()
        if child == 0:
            gc.disable()  # it lives for seconds, and a quarter of them went into looking for what it may forget
            code = 1
            try:
                self.prepare(options)
                code = 0
            finally:
                if code:
                    traceback.print_exc()
                    sys.stderr.flush()
                os._exit(code)
        if os.waitpid(child, 0)[1]:
            raise CommandError("The demo's data could not be loaded.")

    def prepare(self, options: dict[str, Any]) -> None:
        """A migrated database with the demo's data in it, loaded once."""
        if options["reset"]:
            forget()
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # empty here, but its absence is warned of
        call_command("migrate", verbosity=0, interactive=False)
        if not demo.loaded():
            demo.load(options["stage"], options["seed"])
        connections.close_all()

    def print_ready(self, address: str) -> None:
        self.print_accounts()
        self.stdout.write(f"Ready: {address}")
        self.stdout.flush()

    def print_accounts(self) -> None:
        rows = [(account.username, account.password, account.name, account.role) for account in accounts()]
        for row in [("account", "password", "name", "role"), *rows]:
            self.stdout.write(f"{row[0]:<12} {row[1]:<14} {row[2]}\t{row[3]}")
        if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
            self.stdout.write(f"Mail is written to {settings.EMAIL_FILE_PATH}")


def forget() -> None:
    """Throw away the database's contents: the file of SQLite, the schema of PostgreSQL."""
    clock.forget_offset()
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        connections.close_all()
        for suffix in ("", "-wal", "-shm"):
            name.with_name(name.name + suffix).unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
