"""Who sees an event: whoever may view what it is about, where it happened, and whom it is for."""

from collections.abc import Collection
from typing import Any

from wificore.kernel.event_kinds import Kind, kind_of, kinds
from wificore.kernel.events import Event
from wificore.kernel.rights import may


class Viewer:
    """One request's user, through its token."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._known: dict[tuple[str, int | None], bool] = {}

    def types(self, wanted: Collection[str] | None = None) -> list[str]:
        """The declared types that it may view, of those that are wanted (None: all)."""
        asked = kinds() if wanted is None else [kind_of(name) for name in wanted]
        return [kind.type for kind in asked if kind and self._may(kind.view, None)]

    def sees(self, event: Event) -> bool:
        """Whether it may view what this very event is about."""
        kind = kind_of(event.type)
        return kind is not None and self._is_for(kind, event) and self._may_there(kind, event)

    def _is_for(self, kind: Kind, event: Event) -> bool:
        return not kind.user or str(event.payload.get(kind.user)) == self._request.user.subject().id

    def _may_there(self, kind: Kind, event: Event) -> bool:
        site = event.payload.get(kind.site) if kind.site else None
        codes = [kind.view, *([str(event.payload.get(kind.code))] if kind.code else [])]
        return all(self._may(code, site) for code in codes)

    def _may(self, code: str, site: int | None) -> bool:
        if (code, site) not in self._known:
            self._known[code, site] = may(self._request, code, site)
        return self._known[code, site]
