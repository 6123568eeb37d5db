"""Rights: the port through which lower floors ask `decide` (filled by wificore.access)."""

from typing import Any, Protocol


class Asker(Protocol):
    """What fills the port: may the request's user, through its token, do what the code names?

    Args:
        site: the id of the site where; None: nowhere in particular.
    """

    def __call__(self, request: Any, code: str, site: int | None = None) -> bool: ...


_asker: Asker | None = None


def install(asker: Asker) -> None:
    """Fill the port; `wificore.access` does while Django starts."""
    global _asker  # the one place where the port is filled
    _asker = asker


def may(request: Any, code: str, site: int | None = None) -> bool:
    """An answer to shape a page by; it is not audited."""
    assert _asker is not None, "wificore.access is not installed"
    return _asker(request, code, site)
