"""All that an answer says, whatever its format: sheets, Word files, archives and PDFs are opened."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import unquote


def text_of(response: Any) -> str:
    """All that an answer says: its headers, its body, and what is inside its file."""
    body = body_of(response)
    heads = unquote("\n".join(f"{name}: {value}" for name, value in response.items()))
    cookies = unquote(response.cookies.output())
    return "\n".join((heads, cookies, *digests(body), *inside(body)))


def digests(body: bytes) -> Iterator[str]:
    """Of a body and of each file packed in it: what is handed out as it came is found by its digest."""
    yield sha256(body).hexdigest()
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield sha256(packed.read(name)).hexdigest()


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def inside(body: bytes) -> Iterator[str]:
    """The text of a body and of what is packed in it."""
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield name
                yield from inside(packed.read(name))
    elif body.startswith(b"%PDF"):
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(body))
        yield str(reader.metadata)
        for page in reader.pages:
            yield re.sub(r"\s+", "", page.extract_text())
    else:
        text = body.decode("utf-8", errors="replace")
        yield unescape(text)
        yield text.encode("latin-1", "ignore").decode("latin-1") if "\\u" in text else ""
