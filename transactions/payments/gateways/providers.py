"""The providers that there are, made from the active tenant's accounts."""

from django.conf import settings
from django.core.cache import cache

from wificore.kernel.crypto import DecryptionError, decrypt, encrypt

from ..errors import NotOffered
from ..models import MpesaAccount, PaystackAccount
from .mpesa import client as mpesa
from .paystack import client as paystack
from .paystack.callbacks import Reader as PaystackReader
from .provider import Gateway

MPESA, PAYSTACK, CASH = "mpesa", "paystack", "cash"
# Whom we can ask to ask a payer.
ASKING = (MPESA, PAYSTACK)
OFFERED = (*ASKING, CASH)
# Whose receipts staff may type.
TYPED = (MPESA,)
TOKEN_KEY = "payments:mpesa"
# Used up a little before Safaricom forgets it.
TOKEN_SPARE_S = 60


def gateway(name: str) -> Gateway:
    """The provider with this tenant's account. Raises NotOffered."""
    if name == MPESA:
        return mpesa_gateway()
    if name == PAYSTACK:
        return _paystack()
    raise NotOffered(f"{name} asks no payer.", field="provider")


def mpesa_gateway() -> mpesa.Mpesa:
    """Raises NotOffered: it is switched off."""
    row = mpesa_account()
    if not row.enabled:
        raise NotOffered("M-Pesa is switched off in the settings.", field="provider")
    account = mpesa.Account(
        shortcode=row.shortcode,
        consumer_key=row.consumer_key,
        consumer_secret=_opened(row.consumer_secret_encrypted),
        passkey=_opened(row.passkey_encrypted),
        till=row.till,
        base_url=row.base_url,
        initiator=row.initiator,
        credential=_opened(row.credential_encrypted),
    )
    return mpesa.Mpesa(account, CachedToken(row), settings.OUTBOUND_PRIVATE_NETWORKS)


def check_reversals() -> None:
    """Raises NotOffered: this tenant's account cannot give money back."""
    row = mpesa_account()
    if not (row.enabled and row.initiator and row.has_credential):
        message = "Give the M-Pesa account an initiator and its credential first."
        raise NotOffered(message, field="initiator")


def _paystack() -> paystack.Paystack:
    row = paystack_account()
    if not row.enabled:
        raise NotOffered("Paystack is switched off in the settings.", field="provider")
    account = paystack.Account(_opened(row.secret_key_encrypted), settings.CURRENCY, row.base_url)
    return paystack.Paystack(account, settings.OUTBOUND_PRIVATE_NETWORKS)


def mpesa_account() -> MpesaAccount:
    """The tenant's, or what it would begin with."""
    return MpesaAccount.objects.filter(pk=1).first() or MpesaAccount(pk=1)


def paystack_account() -> PaystackAccount:
    return PaystackAccount.objects.filter(pk=1).first() or PaystackAccount(pk=1)


def callback_token() -> str:
    """The secret of our URLs; empty: this tenant has none."""
    return _opened(mpesa_account().callback_token_encrypted)


def paystack_reader() -> PaystackReader:
    return PaystackReader(_opened(paystack_account().secret_key_encrypted))


class CachedToken:
    """Daraja's bearer token, shared by all processes: each new one ends the one before.

    The key names the application, so that other credentials never get an old token.
    """

    def __init__(self, row: MpesaAccount) -> None:
        self._key = f"{TOKEN_KEY}:{row.shortcode}:{row.consumer_key}:{row.base_url}"

    def get(self) -> str | None:
        kept = cache.get(self._key)
        try:
            return decrypt(kept) if isinstance(kept, str) else None
        except DecryptionError:
            return None

    def keep(self, token: str, seconds: int) -> None:
        if seconds > TOKEN_SPARE_S:
            cache.set(self._key, encrypt(token), seconds - TOKEN_SPARE_S)

    def forget(self) -> None:
        cache.delete(self._key)


def _opened(sealed: str) -> str:
    return decrypt(sealed) if sealed else ""
