"""How a view says which permission code each of its methods asks for."""

from typing import Any

# What a view writes instead of a code when any signed-in user (or anybody) may call it.
SIGNED_IN = "signed-in"

READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def required_code(view: Any, method: str) -> str:
    """The code a method of this view asks for.

    Raises:
        LookupError: the view declares none; a route without a code is a programming error.
    """
    code: str | None = getattr(view, "code_read" if method in READ_METHODS else "code_write", None)
    if code is None and method == "OPTIONS":
        code = getattr(view, "code_write", None)  # a view that is only written to
    if code is None:
        raise LookupError(f"{type(view).__name__} declares no permission code for {method}")
    return code
