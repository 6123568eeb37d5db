"""Cache keys that carry the tenant's schema, so that two tenants can never share an entry.

Shape: `wificore:<kind>:<schema>:<version>:<key>`; the kind is the cache alias' KEY_PREFIX.
A key without a context is an error, not a shared key (TENANCY 1, L9).
"""

from typing import Any

from django_redis.cache import RedisCache

from .db.context import current


def make_key(key: str, key_prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION.

    Raises:
        ContextRequired: no tenant and no platform context is active.
    """
    return f"wificore:{key_prefix}:{current().schema}:{version}:{key}"


def reverse_key(key: str) -> str:
    """django-redis' REVERSE_KEY_FUNCTION: the caller's own part of a stored key."""
    return key.split(":", 4)[4]


class SchemaCache(RedisCache):  # type: ignore[misc]  # django-redis has no types
    """django-redis whose `clear` empties the active schema's entries only.

    The library's own flushes the whole database, every tenant's entries with it.
    """

    def clear(self) -> None:
        self.delete_pattern("*")


# What a deletion missed while Redis was away is gone after this long.
LONGEST_S = 300


class SessionCache(SchemaCache):
    """For `cached_db` sessions: an entry is asked of the table again every few minutes.

    A sign-in that was ended while Redis was out of reach must not live on in the cache for days.
    """

    def set(self, key: str, value: Any, timeout: float | None = None, **options: Any) -> Any:
        shortest = LONGEST_S if timeout is None else min(timeout, LONGEST_S)
        return super().set(key, value, shortest, **options)
