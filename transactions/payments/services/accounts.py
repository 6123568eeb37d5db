"""A tenant's accounts at the providers. Secrets go in and never come out."""

import re
import secrets
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.db import transaction

from wificore.access.rows import clean
from wificore.kernel.changes import announce, snapshot, stored
from wificore.kernel.crypto import encrypt

from ..errors import Invalid
from ..fees import check_bands
from ..models import MpesaAccount, PaystackAccount

TOLD_OF_MPESA = (
    "enabled", "shortcode", "till", "consumer_key", "base_url", "initiator", "pull_enabled",
    "fee_bands",
)  # fmt: skip
TOLD_OF_PAYSTACK = ("enabled", "base_url")
MPESA_SECRETS = {"consumer_secret", "passkey", "credential"}
# Hex: no word that Safaricom refuses in a URL (mpesa, exec, cmd, sql, query) can be in it.
TOKEN_BYTES = 20
TYPE_AGAIN = "Type it again: it is for another server."
Row = TypeVar("Row", MpesaAccount, PaystackAccount)


def mpesa_account_save(*, row: MpesaAccount, secrets_given: dict[str, str]) -> MpesaAccount:
    """Store the account as a form has filled it; a secret that is absent stays as it is.

    Args:
        secrets_given: consumer_secret, passkey, credential; "" removes one.

    Raises:
        Invalid: a value cannot be; names the field.
    """
    row.pk = 1
    with transaction.atomic():
        before = MpesaAccount.objects.select_for_update().filter(pk=1).first()
        row.callback_token_encrypted = before.callback_token_encrypted if before else ""
        row.callback_token_encrypted = row.callback_token_encrypted or encrypt(_new_token())
        _seal(row, before, secrets_given, MPESA_SECRETS, ("base_url",))
        clean(row, exclude=["id"])
        _check_base(row.base_url)
        check_bands(row.fee_bands)
        if row.enabled:
            _require(row, "shortcode", "consumer_key", "consumer_secret", "passkey")
        return _store(row, TOLD_OF_MPESA, "mpesa_account", secret=bool(secrets_given))


def mpesa_callback_token() -> str:
    """A new secret for our callback URLs; the old one is worth nothing at once.

    Register the URLs anew at Safaricom. Running STK requests have the old one: ask for them.
    """
    token = _new_token()
    with transaction.atomic():
        row, _ = MpesaAccount.objects.select_for_update().get_or_create(pk=1)
        row.callback_token_encrypted = encrypt(token)
        row.save(update_fields=["callback_token_encrypted"])
        announce("mpesa_account.updated", 1, old={}, new={"callback_url_changed": True})
    return token


def paystack_account_save(
    *, row: PaystackAccount, secrets_given: dict[str, str]
) -> PaystackAccount:
    """The same of Paystack; its only secret is secret_key."""
    row.pk = 1
    with transaction.atomic():
        before = PaystackAccount.objects.select_for_update().filter(pk=1).first()
        _seal(row, before, secrets_given, {"secret_key"}, ("base_url",))
        clean(row, exclude=["id"])
        _check_base(row.base_url)
        if row.enabled:
            _require(row, "secret_key")
        return _store(row, TOLD_OF_PAYSTACK, "paystack_account", secret=bool(secrets_given))


def _new_token() -> str:
    return secrets.token_hex(TOKEN_BYTES)


def _seal(
    row: Any, before: Any, given: dict[str, str], names: set[str], place: tuple[str, ...]
) -> None:
    """New secrets, or the stored ones: those go to the server that they were given for only."""
    moved = before is not None and any(getattr(before, p) != getattr(row, p) for p in place)
    for name in sorted(names):
        column = f"{name}_encrypted"
        if name in given:
            setattr(row, column, encrypt(given[name]) if given[name] else "")
            continue
        kept = getattr(before, column) if before is not None else ""
        if kept and moved:
            raise Invalid(TYPE_AGAIN, field=name)
        setattr(row, column, kept)


def _require(row: Any, *names: str) -> None:
    for name in names:
        if not getattr(row, f"has_{name}", None) and not getattr(row, name, ""):
            raise Invalid("This is required.", field=name)


def _check_base(url: str) -> None:
    if not url:
        return
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    else:
        usable &= not (parts.username or parts.query or parts.fragment or parts.path.strip("/"))
    if not usable or re.search(r"[\s\\]", url):
        raise Invalid("Use https://host[:port], without a path.", field="base_url")


def _store(row: Row, told: tuple[str, ...], kind: str, *, secret: bool) -> Row:
    old = stored(row, told)
    row.base_url = row.base_url.rstrip("/")
    row.save()
    new = snapshot(row, told)
    if secret:
        new["secret_changed"] = True
    announce(f"{kind}.updated", row.pk, old=old or {}, new=new)
    return row
