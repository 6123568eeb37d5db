"""Files of a tenant go with it."""

from .services import FILES


def forget_tenant(schema: str, _using: str) -> None:
    FILES.forget(schema)
