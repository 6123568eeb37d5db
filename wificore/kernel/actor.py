"""Who acts: a ContextVar that the HTTP layer, jobs and commands set and the audit trail reads.

A request's user is known late (a token is read inside the view), so what is kept is a function
that is asked at the moment of writing.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase

from .addresses import client_address

GetResponse = Callable[[HttpRequest], HttpResponseBase]

MAX_USER_AGENT = 200
SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, and from where.

    Attributes:
        kind: "user", "anonymous", "support" (the platform's, in a tenant), or "system" (a command,
            a job, another process of ours).
        id: the user's key in the active schema; the support session's id; empty for others.
        name: the user's address at that time; for the system, the program.
        token: the public id of the API token that was used.
        address: an IP address, None if there is none.
    """

    kind: str
    id: str = ""
    name: str = ""
    token: str = ""
    address: str | None = None
    user_agent: str = ""
    request_id: str = ""

    @property
    def label(self) -> str:
        """The name for people, who may know another person by the same address."""
        return f"{self.name} (support)" if self.kind == SUPPORT else self.name


_actor: ContextVar[Callable[[], Actor] | None] = ContextVar("wificore_actor", default=None)


def current_actor() -> Actor:
    """Who acts now; code that no request and no job runs is the system's."""
    ask = _actor.get()
    return ask() if ask is not None else Actor("system", name=_program())


@contextmanager
def acting_as(actor: Actor | Callable[[], Actor]) -> Iterator[None]:
    """Do the block's writes in this actor's name."""
    ask = (lambda: actor) if isinstance(actor, Actor) else actor
    token = _actor.set(ask)
    try:
        yield
    finally:
        _actor.reset(token)


def actor_middleware(get_response: GetResponse) -> GetResponse:
    """A request's writes are its user's."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with acting_as(lambda: from_request(request)):
            return get_response(request)

    return middleware


def from_request(request: HttpRequest) -> Actor:
    """DRF notes its user and token on Django's request too, so both ways to sign in are seen."""
    return replace(
        _who(getattr(request, "user", None)),
        token=str(getattr(getattr(request, "auth", None), "public_id", "")),
        address=client_address(request),
        user_agent=request.headers.get("User-Agent", "").replace("\0", "")[:MAX_USER_AGENT],
        request_id=str(getattr(request, "request_id", "")),
    )


def _who(user: Any) -> Actor:
    """The person: a user, or somebody who has no row among the users and says who it is."""
    if user is None or not user.is_authenticated:
        return Actor("anonymous")
    if hasattr(user, "as_actor"):
        return cast(Actor, user.as_actor())
    return Actor("user", id=str(user.pk), name=str(user))


def _program() -> str:
    """`manage.py relay`: the command and its name, never its arguments."""
    command = sys.argv[1:2] if Path(sys.argv[0]).name == "manage.py" else []
    return " ".join([Path(sys.argv[0]).name, *command])[:120]
