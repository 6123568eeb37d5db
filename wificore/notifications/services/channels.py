"""Writes: the tenant's own mail server and SMS account. Secrets go in and never come out."""

import hashlib
import re
import secrets
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.db import transaction

from wificore.access.rows import Invalid, clean
from wificore.kernel.changes import announce, snapshot, stored
from wificore.kernel.crypto import encrypt

from ..models import MailSettings, SmsSettings
from ..sms.providers import PROVIDERS

# What events and audit tell; of secrets only that they were changed.
TOLD_OF_MAIL = (
    "enabled", "host", "port", "security", "username", "from_address", "from_name",
)  # fmt: skip
TOLD_OF_SMS = (
    "enabled", "provider", "username", "base_url", "sender_id", "daily_limit",
)  # fmt: skip
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?")
# GSM: 11 letters or digits, or a short code.
SENDER = re.compile(r"[A-Za-z0-9 ._-]{1,11}")
TOKEN_BYTES = 24
Row = TypeVar("Row", MailSettings, SmsSettings)
REQUIRED = "This is required."


def mail_settings_save(*, row: MailSettings, password: str | None = None) -> MailSettings:
    """Store the mail server as a form has filled it; None keeps the password, "" removes it.

    Raises:
        Invalid: a value cannot be; names the field.
    """
    row.pk = 1
    with transaction.atomic():
        before = MailSettings.objects.select_for_update().filter(pk=1).first()
        if password is not None:
            row.password_encrypted = encrypt(password) if password else ""
        elif before is not None:
            _keep_secret(before, row, ("host", "port"), "password_encrypted", "password")
        _check_mail(row)
        return _store(row, TOLD_OF_MAIL, "mail_settings", secret=password is not None)


def sms_settings_save(*, row: SmsSettings, api_key: str | None = None) -> SmsSettings:
    """Store the SMS account as a form has filled it; None keeps the key, "" removes it.

    Raises:
        Invalid: a value cannot be; names the field.
    """
    row.pk = 1
    with transaction.atomic():
        before = SmsSettings.objects.select_for_update().filter(pk=1).first()
        if before is not None:
            row.report_digest = before.report_digest
        if api_key is not None:
            row.api_key_encrypted = encrypt(api_key) if api_key else ""
        elif before is not None:
            _keep_secret(before, row, ("base_url", "provider"), "api_key_encrypted", "api_key")
        _check_sms(row)
        return _store(row, TOLD_OF_SMS, "sms_settings", secret=api_key is not None)


def sms_report_token_new() -> str:
    """A new secret for the URL of delivery reports; the old one is worth nothing. Shown once."""
    clear = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        row, _ = SmsSettings.objects.select_for_update().get_or_create(pk=1)
        row.report_digest = report_digest(clear)
        row.save(update_fields=["report_digest"])
        announce("sms_settings.updated", 1, old={}, new={"report_url_changed": True})
    return clear


def report_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _keep_secret(before: Any, row: Any, place: tuple[str, ...], name: str, shown: str) -> None:
    """The stored secret goes to the server that it was given for, and to no other.

    Whoever may change the address but does not know the secret could have it sent to them.
    """
    secret = getattr(before, name)
    setattr(row, name, secret)
    moved = any(getattr(before, part) != getattr(row, part) for part in place)
    if secret and moved:
        raise Invalid("Type it again: it is for another server.", field=shown)


def _check_mail(row: MailSettings) -> None:
    clean(row, exclude=["id", "password_encrypted"])
    if row.host and not HOST.fullmatch(row.host):
        raise Invalid("Use a host's name or address, without a scheme or a port.", field="host")
    if row.username and not row.has_password:
        raise Invalid("The user name needs its password.", field="password")
    if row.has_password and not row.username:
        raise Invalid("The password needs its user name.", field="username")
    for name in ("host", "from_address"):
        if row.enabled and not getattr(row, name):
            raise Invalid(REQUIRED, field=name)
    if not row.from_name.isprintable():
        raise Invalid("Use printable characters only.", field="from_name")


def _check_sms(row: SmsSettings) -> None:
    clean(row, exclude=["id", "api_key_encrypted", "report_digest"])
    if row.provider not in PROVIDERS:
        raise Invalid(f"Choose of {', '.join(PROVIDERS)}.", field="provider")
    if row.sender_id and not SENDER.fullmatch(row.sender_id):
        raise Invalid("At most 11 letters and digits.", field="sender_id")
    if row.base_url and not _is_base(row.base_url):
        raise Invalid("Use https://host[:port], without a path.", field="base_url")
    if row.enabled and not row.username:
        raise Invalid(REQUIRED, field="username")
    if row.enabled and not row.has_api_key:
        raise Invalid(REQUIRED, field="api_key")


def _is_base(url: str) -> bool:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = not (parts.username or parts.query or parts.fragment or parts.path.strip("/"))
    return usable and plain and not re.search(r"[\s\\]", url)


def _store(row: Row, told: tuple[str, ...], kind: str, *, secret: bool) -> Row:
    old = stored(row, told)
    row.save()
    new = snapshot(row, told)
    if secret:
        new["secret_changed"] = True
    announce(f"{kind}.updated", row.pk, old=old or {}, new=new)
    return row
