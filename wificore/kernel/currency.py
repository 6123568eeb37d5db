"""The currency of the installation: ISO 4217, set by `CURRENCY`."""

from django.conf import settings


def own_currency() -> str:
    """What amounts are in that name no other; also a column's default."""
    return str(settings.CURRENCY)
