"""With whose rights an endpoint hears of events (ADR 0023).

An endpoint has the rights of the user who saved it last, as they are now, below the ceiling of the
token it was saved with. `decide` is asked through the same `Viewer` as for /api/v1/events/.
"""

from dataclasses import dataclass
from typing import Any

from wificore.access.guard import By
from wificore.access.models import ApiToken
from wificore.events.visibility import Viewer

from .models import Endpoint


@dataclass(frozen=True, slots=True)
class _Whose:
    """What `Viewer` asks of a request."""

    user: Any
    auth: ApiToken | None


def viewer(endpoint: Endpoint) -> Viewer | None:
    """Whoever the endpoint acts for; None: nobody any more."""
    if endpoint.acts_for is None:
        return None
    narrowed = endpoint.abilities is not None
    token = ApiToken(abilities=endpoint.abilities) if narrowed else None
    return Viewer(_Whose(endpoint.acts_for, token))


def act_for(endpoint: Endpoint, by: By) -> None:
    """From now on the endpoint has these rights."""
    endpoint.acts_for_id = int(by.subject.id)
    abilities = by.token.abilities if by.token else None
    endpoint.abilities = None if abilities is None else list(abilities)
