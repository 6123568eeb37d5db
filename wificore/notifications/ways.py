"""By which ways this tenant can send, and where to a person is reached by each."""

from wificore.access.models import User

from .models import Channel, SmsSettings


def ways_open() -> frozenset[Channel]:
    """Mail always, by the tenant's server or the platform's; texts where there is an account."""
    if SmsSettings.objects.filter(enabled=True).exists():
        return frozenset(Channel)
    return frozenset({Channel.EMAIL})


def address_of(user: User, channel: Channel) -> str:
    """Empty: the person has none."""
    return user.email if channel == Channel.EMAIL else user.phone
