"""A small load client for machines without wrk: `python -m bench.load URL SECONDS CONNECTIONS` prints requests a second.

Keep-alive connections, one request at a time on each; any answer that is not 200 ends it with an error.
"""

from __future__ import annotations

import asyncio
import sys
import time
from urllib.parse import urlsplit


async def _ask(address: str, until: float) -> int:
    parts = urlsplit(address)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    done = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.split(b"\r\n")[0].decode())
        await reader.readexactly(_length(head))
        done += 1
    writer.close()
    return done


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise RuntimeError("an answer without a length")


async def rate(address: str, seconds: float, connections: int) -> float:
    """Requests a second."""
    until = time.perf_counter() + seconds
    done = await asyncio.gather(*(_ask(address, until) for _ in range(connections)))
    return sum(done) / seconds


if __name__ == "__main__":
    print(f"{asyncio.run(rate(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))):.1f}")
