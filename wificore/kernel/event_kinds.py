"""What kinds of events there are: who may see one, and what is in it.

    declare(Kind("plan.created", "A plan was made", view="radius.plan.view"))   an app's events.py

Nobody sees an event of a kind that is not declared, in no list, on no channel, in no webhook.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .events import EVENT_TYPE

Schema = Mapping[str, Any]
ANYTHING: Schema = {"type": "object"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event.

    Attributes:
        title: what happened, in words for people.
        view: the permission code that shows what the event is about.
        site: the payload's field with the id of the site it happened at: whoever has no right
            there sees nothing. Empty: it happened at no site.
        user: the payload's field with the id of the one user it is for. Empty: it is for all who
            may view it.
        code: the payload's field with one more permission code that it takes to view it: a task is
            about something. Empty: there is none.
        payload: JSON Schema of the payload.
    """

    type: str
    title: str
    view: str
    site: str = ""
    user: str = ""
    code: str = ""
    payload: Schema = field(default_factory=lambda: ANYTHING)


_kinds: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Make kinds known; declaring the same again changes nothing.

    Raises:
        ValueError: not an event's name, or it is declared already as something else.
    """
    for kind in kinds:
        if not EVENT_TYPE.fullmatch(kind.type):
            raise ValueError(f"not an event type: {kind.type!r}")
        if _kinds.setdefault(kind.type, kind) != kind:
            raise ValueError(f"two declarations of {kind.type!r}")


def kind_of(event_type: str) -> Kind | None:
    """The kind; None: nobody may see such an event."""
    return _kinds.get(event_type)


def kinds() -> list[Kind]:
    """All of them, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def written(subject: str, words: str, *, view: str, site: str = "") -> list[Kind]:
    """The three kinds of what `announce` tells about rows: created, updated, deleted."""
    return [
        Kind(f"{subject}.{what}", f"{words} was {what}", view=view, site=site)
        for what in ("created", "updated", "deleted")
    ]


def shape(**fields: Schema) -> Schema:
    """The schema of an object that has exactly these fields, all of them."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "integer"}
YES_NO: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
ADDRESS: Schema = {"type": "string", "description": "An IP address."}
