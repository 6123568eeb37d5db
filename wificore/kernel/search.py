"""Search: what one box finds, said by the apps that have it, and how a text is looked for.

    # radius/searches.py, which `wificore.access` finds by its name while Django starts
    searchable("router", "radius.nas.view", routers)

    def routers(words: Words, request: Any, limit: int) -> list[Hit]:
        rows = visible(Nas.objects.all(), request.user.subject(), "site_id")
        found = ranked(rows, ROUTER, words)[:limit]
        return [Hit(str(row.pk), row.name, row.address, row.rank) for row in found]

A row is described by one SQL expression, its document: all that one may know it by, in lower case.
It is found by words in any order (full-text, each as a beginning), from three characters on by any
part of it and with slips of the keyboard (trigrams), and by its telephone number in any writing.
Both kinds of indexes are on the document: the same expression, or they are not used.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, FloatField, QuerySet
from django.db.models.expressions import RawSQL

from .phones import DECORATION

# Trigrams of fewer characters would read the whole index.
MIN_PART = 3
WORD = re.compile(r"\w+")
PLAIN_PHONE = re.compile(r"\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody looks for.

    Attributes:
        text: in lower case, words apart by one space.
        digits: of a telephone number what is the same in every writing of it; empty: it is none.
    """

    text: str
    digits: str

    @classmethod
    def of(cls, typed: str) -> "Words":
        text = " ".join(typed.replace("\0", "").lower().split())
        return cls(text, _digits(text))

    @property
    def beginnings(self) -> str:
        """The words as PostgreSQL's to_tsquery reads them: each begins a word of the document."""
        return " & ".join(f"'{word}':*" for word in WORD.findall(self.text))


def _digits(text: str) -> str:
    """`0712 3` and `+254 7123` are both 7123 in Kenya."""
    plain = DECORATION.sub("", text)
    if not PLAIN_PHONE.fullmatch(plain):
        return ""
    bare = plain.removeprefix("+").removeprefix("00")
    country = settings.PHONE_COUNTRY
    national = bare.removeprefix("0") if bare.startswith("0") else bare.removeprefix(country)
    found = national if len(national) >= MIN_PART else bare
    return found if len(found) >= MIN_PART else ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found; of two the one with the higher rank is likelier meant."""

    id: str
    title: str
    text: str
    rank: float


Finder = Callable[[Words, Any, int], list[Hit]]


@dataclass(frozen=True, slots=True)
class Searchable:
    """What can be found.

    Attributes:
        kind: its name in answers: `customer`.
        code: the permission code that shows it; without it nothing of it is looked for.
        find: gives at most so many hits, the best first, of what the request's user may see.
    """

    kind: str
    code: str
    find: Finder


_kinds: dict[str, Searchable] = {}


def searchable(kind: str, code: str, find: Finder) -> None:
    """Make a kind of things known; an app's `searches` module does while Django starts.

    Raises:
        ValueError: the kind is somebody else's.
    """
    made = Searchable(kind, code, find)
    if _kinds.setdefault(kind, made) != made:
        raise ValueError(f"two apps have things of the kind {kind!r}")


def kinds() -> list[Searchable]:
    """All that can be found."""
    return list(_kinds.values())


def ranked(rows: QuerySet[Any], document: str, words: Words) -> QuerySet[Any]:
    """The rows that the words find, with their `rank`, the best first, of equals the newest.

    Args:
        document: an SQL expression over the table's own columns; it comes from our own code.
    """
    begins = f"to_tsvector('simple', {document}) @@ to_tsquery('simple', %s)"
    found: list[tuple[str, str]] = [(begins, words.beginnings)] if words.beginnings else []
    if len(words.text) >= MIN_PART:
        found.append((f"{document} LIKE %s", _anywhere(words.text)))
        # The operator `%>` of pg_trgm: a part of the document is like the text.
        found.append((f"{document} %%> %s", words.text))
    if words.digits:
        found.append((f"{document} LIKE %s", _anywhere(words.digits)))
    if not found:
        return rows.none()
    any_of = RawSQL(  # noqa: S611  # what people type is a parameter
        " OR ".join(f"({condition})" for condition, _ in found),
        [value for _, value in found],
        output_field=BooleanField(),
    )
    ranks: QuerySet[Any] = rows.filter(any_of).annotate(rank=_rank(document, words))
    return ranks.order_by("-rank", "-pk")


def _rank(document: str, words: Words) -> RawSQL:
    """How alike they are (0 to 1), and one more for each way in which it is really there."""
    parts = [(f"word_similarity(%s, {document})", words.text)]
    parts.append((f"({document} LIKE %s)::int", f"{_escaped(words.text)}%"))
    parts.append((f"({document} LIKE %s)::int", _anywhere(words.digits or words.text)))
    return RawSQL(  # noqa: S611  # the same
        " + ".join(part for part, _ in parts),
        [value for _, value in parts],
        output_field=FloatField(),
    )


def _anywhere(text: str) -> str:
    return f"%{_escaped(text)}%"


def _escaped(text: str) -> str:
    """As LIKE takes it literally."""
    return re.sub(r"([\\%_])", r"\\\1", text)
