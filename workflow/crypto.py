"""Encryption of fields at rest and keyed hashes to find them again. Keys come from FIELD_KEYS, newest first."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Ciphertext (URL-safe base64) under the newest key."""
    return _box(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text; raises `cryptography.fernet.InvalidToken` if no key fits."""
    return _box(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()


def encrypt_bytes(content: bytes) -> bytes:
    """The same for bytes."""
    return _box(tuple(settings.FIELD_KEYS)).encrypt(content)


def decrypt_bytes(token: bytes) -> bytes:
    """The bytes again."""
    return _box(tuple(settings.FIELD_KEYS)).decrypt(token)


def keyed_hash(text: str, purpose: str) -> str:
    """Hex HMAC-SHA-256 under a key of its own per purpose: finds equal values without storing them in clear."""
    key = hashlib.sha256(b"keyed-hash\0" + purpose.encode() + b"\0" + settings.HASH_KEY.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
