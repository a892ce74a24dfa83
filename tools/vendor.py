"""Refresh the third-party files that pages load and papers are printed in, as `vendor.lock.json` lists them.

    python tools/vendor.py

For a maintainer with npm; nobody needs it to run the service, because the files are committed. Each package
is fetched at its exact version with `npm pack`, its sha512 is compared with the lock, the listed files are
written and their sha256 noted; a web font is unpacked to the .ttf that the typesetter reads. To use another icon, add its name to "icons" in the lock and run this. Running
it twice gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "vendor.lock.json"
SPRITE_HEAD = '<svg xmlns="http://www.w3.org/2000/svg">\n'
FONT_TOOL = "fonttools[woff]==4.60.1"
BOUNDING_BOX = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def main() -> int:
    """Fetch, check, write. Returns the exit status."""
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    for package in lock["packages"]:
        refresh(package)
    LOCK.write_text(json.dumps(lock, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


def refresh(package: dict[str, Any]) -> None:
    """Write the files of one package and note their digests."""
    if "icons" in package:
        package["icons"] = sorted(set(package["icons"]))
    with tempfile.TemporaryDirectory() as folder:
        archive = fetch(package["name"], package["version"], Path(folder))
        check(archive, package["integrity"])
        with tarfile.open(archive) as packed:
            for file in package["files"]:
                content = made(packed, package, file)
                (ROOT / file["path"]).write_bytes(content)
                file["sha256"] = hashlib.sha256(content).hexdigest()


def made(packed: tarfile.TarFile, package: dict[str, Any], file: dict[str, str]) -> bytes:
    """The content of one of our files: icons in one sprite, a font unpacked, anything else as it is."""
    if "*" in file["from"]:
        return sprite(packed, package["icons"])
    content = member(packed, file["from"])
    return unpacked_font(content) if file["from"].endswith(".woff2") else content


def unpacked_font(content: bytes) -> bytes:
    """A web font as TrueType, its outlines and character map untouched. fontTools is fetched for the occasion."""
    with tempfile.TemporaryDirectory() as folder:
        packed, plain = Path(folder, "font.woff2"), Path(folder, "font.ttf")
        packed.write_bytes(content)
        tool = [sys.executable, "-m", "uv", "tool", "run", "--from", FONT_TOOL, "fonttools"]
        command = [*tool, "ttLib.woff2", "decompress", "-o", str(plain), str(packed)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return plain.read_bytes()


def fetch(name: str, version: str, folder: Path) -> Path:
    """The package's archive, from the registry of the user's own npm configuration."""
    command = ["npm", "pack", f"{name}@{version}", "--silent", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def check(archive: Path, integrity: str) -> None:
    """Stop unless the archive is the one that was reviewed."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != integrity:
        sys.exit(f"{archive.name}: {found} is not the {integrity} of vendor.lock.json")


def member(packed: tarfile.TarFile, path: str) -> bytes:
    """One file of the package."""
    file = packed.extractfile(f"package/{path}")
    if file is None:
        sys.exit(f"{path} is not in the package")
    return file.read()


def sprite(packed: tarfile.TarFile, names: list[str]) -> bytes:
    """The outline icons as symbols of one file."""
    symbols = [symbol(name, member(packed, f"icons/outline/{name}.svg").decode()) for name in names]
    return (SPRITE_HEAD + "\n".join(symbols) + "\n</svg>\n").encode()


def symbol(name: str, svg: str) -> str:
    """One icon as a symbol, without the invisible box that every Tabler icon starts with."""
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")].replace(BOUNDING_BOX, "")
    drawing = re.sub(r"\s*\n\s*", "", inner)
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{drawing}</symbol>'


if __name__ == "__main__":
    sys.exit(main())
