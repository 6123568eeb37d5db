"""What the trail keeps of a tenant outside its schema goes with the tenant."""

from . import store
from .exporting import FILES


def forget_tenant(schema: str, using: str) -> None:
    """The platform's note of its newest seal, and the files of its exports."""
    store.head_drop(using, schema)
    FILES.forget(schema)
