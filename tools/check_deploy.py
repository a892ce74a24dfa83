"""Run Django's deployment check as the production site would: `make check` calls it.

The environment is the one docker-compose.yml gives the application, with made-up secrets and nothing of the
shell's.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")


def made_up() -> dict[str, str]:
    """A value for each setting that .env must hold."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "HASH_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "lingxuan.example.gov.cn",
        "SITE_URL": "https://lingxuan.example.gov.cn",
        "POSTGRES_PASSWORD": secrets.token_hex(24),
    }


def production() -> dict[str, str]:
    """The application's environment from docker-compose.yml, its references to .env filled in."""
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    values = made_up()

    def filled(reference: re.Match[str]) -> str:
        default = "" if ":?" in reference[0] else reference[2] or ""
        return values.get(reference[1], default)

    return {
        name: REFERENCE.sub(filled, value) for name, value in composed["x-application"]["environment"].items()
    }


def main() -> int:
    """`manage.py check --deploy`, any warning counting as a failure."""
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | production()
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
