"""How often one address may send something. An office, a village or a school may stand behind one address: the bucket is
deep, and reading costs nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

DEPTH = {"objection": 120, "objection-status": 240}  # tokens; they come back within an hour
HOUR = 3600


def address_of(request: HttpRequest) -> str:
    """The address that sent this: what a proxy reports counts only where the proxy is one of ours."""
    seen: str = request.META.get("REMOTE_ADDR", "")
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted: Sequence[str] = settings.TRUSTED_PROXIES
    while told and _is_one_of(seen, trusted):
        seen = told.pop()
    return seen


def _is_one_of(address: str, networks: Sequence[str]) -> bool:
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)


def too_often(request: HttpRequest, what: str) -> bool:
    """Take a token from this address's bucket; true when there is none left."""
    return not spend(f"{what}:{address_of(request)}", DEPTH[what])


def spend(key: str, depth: int) -> bool:
    """Whether a token was left in a bucket that fills up again within an hour."""
    now = time.time()  # the machine's clock, which no demo moves
    left, at = cache.get(key, (float(depth), now))
    left = min(depth, left + (now - at) * depth / HOUR)
    cache.set(key, (max(left - 1, 0.0) if left >= 1 else left, now), HOUR)
    return bool(left >= 1)
