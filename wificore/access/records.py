"""Where apps say which records there are to decide about, and which of them lie at a site.

record_kind("nas", nas_record)     in AppConfig.ready; explain's `record=nas:12` asks it
site_user("Routers are", in_use)   a site with rows of the app is not removed
"""

from collections.abc import Callable

from .decide import Record

Resolver = Callable[[int], Record]
InUse = Callable[[int], bool]

_resolvers: dict[str, Resolver] = {}
_users: dict[str, InUse] = {}


class NoSuchRecord(LookupError):
    """No app knows this kind of record, or it has none with this number."""


def record_kind(kind: str, resolver: Resolver) -> None:
    """The resolver gives the active tenant's record, or raises NoSuchRecord."""
    _resolvers[kind] = resolver


def record_of(reference: str) -> Record:
    """The record that `site:3` or `nas:12` names.

    Raises:
        NoSuchRecord: there is none, or it cannot be a reference.
    """
    kind, _, number = reference.partition(":")
    if kind not in _resolvers or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NoSuchRecord(reference)
    return _resolvers[kind](int(number))


def kinds() -> list[str]:
    """What may stand before the colon."""
    return sorted(_resolvers)


def site_user(words: str, in_use: InUse) -> None:
    """The words begin a sentence: "Routers are" at this site."""
    _users[words] = in_use


def site_users(site: int) -> list[str]:
    """The words of those who have rows at the site."""
    return [words for words, in_use in _users.items() if in_use(site)]
