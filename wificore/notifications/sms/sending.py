"""Send one text of the active tenant, if its limit for the day allows."""

import requests
from django.conf import settings

from wificore.kernel.crypto import decrypt
from wificore.kernel.network import AddressRefused, Unreachable, allowed_addresses
from wificore.kernel.outbound import guarded_session, never_arrived, reason

from ..models import SmsSettings
from ..outcome import Refused, TryAgain, Uncertain
from ..services.limits import sms_return, sms_take
from .provider import Account
from .providers import PROVIDERS


def sms_settings() -> SmsSettings:
    """The tenant's, or what it would begin with."""
    return SmsSettings.objects.filter(pk=1).first() or SmsSettings(pk=1)


def sms_send(to: str, text: str) -> str:
    """Through the tenant's account; returns the provider's id of the message.

    Raises:
        TryAgain, Refused, Uncertain: it did not leave, or nobody knows.
    """
    own = sms_settings()
    if not own.enabled:
        raise Refused("Text messages are switched off.", field="enabled")
    return sms_send_through(own, to, text)


def sms_send_through(own: SmsSettings, to: str, text: str) -> str:
    """Through this account, enabled or not; raises like `sms_send`."""
    if not sms_take(limit=own.daily_limit):
        raise Refused(
            f"The limit of {own.daily_limit} text messages a day is reached.", field="daily_limit"
        )
    try:
        return _hand_over(own, to, text)
    except (TryAgain, Refused):
        sms_return()  # it cost nothing
        raise


def _hand_over(own: SmsSettings, to: str, text: str) -> str:
    key = decrypt(own.api_key_encrypted) if own.has_api_key else ""
    account = Account(own.username, key, own.base_url, own.sender_id)
    _check_address(own.base_url)
    try:
        with guarded_session(settings.OUTBOUND_PRIVATE_NETWORKS) as session:
            return PROVIDERS[own.provider].send(session, account, to, text)
    except requests.RequestException as error:
        if never_arrived(error):
            words = f"The provider is not reached: {reason(error)}"
            raise TryAgain(words, field="base_url") from None
        raise Uncertain(f"No answer from the provider: {reason(error)}") from None


def _check_address(url: str) -> None:
    """Before anything is sent, so that a refusal is one; the session checks again."""
    if not url:
        return
    networks = settings.OUTBOUND_PRIVATE_NETWORKS
    try:
        allowed_addresses(url, encrypted=url.startswith("https:"), networks=networks)
    except AddressRefused as error:
        raise Refused(str(error), field="base_url") from None
    except Unreachable as error:
        raise TryAgain(str(error), field="base_url") from None
