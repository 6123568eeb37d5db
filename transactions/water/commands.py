"""What kiosks are told in `cmds`: all that holds now, not what is new; a device compares.

    command_source("lease", leases)      in AppConfig.ready; asked with each answer to records

A command is an object with its `type`; what is not in the list any more has ended.
"""

from collections.abc import Callable
from typing import Any

from .models import Kiosk, Tag, TagState
from .selectors import leases_open

Command = dict[str, Any]
# Called with the kiosk and what it said of its health, in its tenant's context.
Source = Callable[[Kiosk, dict[str, Any]], list[Command]]
MAX_LEASES = 200

_sources: dict[str, Source] = {}


def command_source(name: str, source: Source) -> None:
    """Register a source of commands; they are told in the order of the names.

    Raises:
        ValueError: another one has this name.
    """
    if _sources.setdefault(name, source) is not source:
        raise ValueError(f"there is a source called {name!r} already")


def commands(kiosk: Kiosk, health: dict[str, Any]) -> list[Command]:
    """All that a kiosk should know now."""
    return [told for name in sorted(_sources) for told in _sources[name](kiosk, health)]


def leases(kiosk: Kiosk, _health: dict[str, Any]) -> list[Command]:
    """Its open leases, each with the tags that may spend it: by the ids of `authorise`."""
    found = list(leases_open(kiosk)[:MAX_LEASES])
    wallets = {lease.wallet_id for lease in found}
    rows = Tag.objects.filter(wallet__in=wallets, state=TagState.ACTIVE).order_by("pk")
    tags: dict[int, list[str]] = {}
    for wallet, name in rows.values_list("wallet", "public_id"):
        tags.setdefault(wallet, []).append(name)
    return [
        {
            "type": "lease",
            "id": lease.public_id,
            "tags": tags.get(lease.wallet_id, []),
            "amount_micro": lease.hold.amount,
            "captured_micro": lease.hold.captured,
            "currency": lease.wallet.currency,
            "expires_at": lease.hold.expires_at.isoformat().replace("+00:00", "Z"),
        }
        for lease in found
    ]


command_source("lease", leases)
