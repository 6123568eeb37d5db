"""May water run? A kiosk asks with a tag; what it may take is held in the books until it tells."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from transactions.ledger import holds
from transactions.ledger.models import Account, Hold
from transactions.ledger.services import InsufficientFunds
from wificore.kernel.api.errors import DomainError

from . import pricing
from .desk import reference
from .identity import tag_key, uid_hash
from .models import (
    AUTHORISED,
    DECLINED,
    Authorisation,
    Kiosk,
    Tag,
    TagState,
    TariffVersion,
)
from .records import canonical

TRIES = 3
CLAIM = (
    "INSERT INTO water_authorisation (kiosk_id, key, body_sha256, created_at)"
    " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
# Reasons; the device shows words of its own.
UNKNOWN_TAG, BLOCKED_TAG, NO_FUNDS, NO_TARIFF = (
    "unknown_tag", "blocked_tag", "no_funds", "no_tariff",
)  # fmt: skip


class KeyReused(DomainError):
    """The key names another question; nothing was done."""

    status = 409
    code = "idempotency_key_reused"


@dataclass(frozen=True, slots=True)
class Question:
    """What a kiosk asks.

    Attributes:
        key: names the question at this kiosk: the same again, the same answer.
        ttl_s: how long the money stays set aside.
    """

    key: str
    tag: str
    max_ml: int
    ttl_s: int


def authorise(kiosk: Kiosk, question: Question, body: dict[str, Any]) -> str:
    """The answer as JSON text; the same text whenever the key comes with the same body.

    Raises:
        KeyReused: the key came with another body before.
    """
    digest = hashlib.sha256(canonical(body)).digest()
    with transaction.atomic():
        if not _claimed(kiosk, question.key, digest):
            return _said_before(kiosk, question.key, digest)
        answer = _decided(kiosk, question)
        text = json.dumps(answer, separators=(",", ":"))
        Authorisation.objects.filter(kiosk=kiosk, key=question.key).update(
            status=answer["status"], reason=answer.get("reason", ""), answer=text
        )
    return text


def _claimed(kiosk: Kiosk, key: str, digest: bytes) -> bool:
    """Whether the key is new; waits for a twin at work."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [kiosk.pk, key, digest, timezone.now()])
        return bool(cursor.rowcount == 1)


def _said_before(kiosk: Kiosk, key: str, digest: bytes) -> str:
    row = Authorisation.objects.get(kiosk=kiosk, key=key)
    if bytes(row.body_sha256) != digest:
        raise KeyReused("This idempotency_key was used for another question.")
    return row.answer


def _decided(kiosk: Kiosk, question: Question) -> dict[str, Any]:
    tag = _tag(question.tag)
    if tag is None:
        return _declined(UNKNOWN_TAG)
    if tag.state != TagState.ACTIVE:
        return _declined(BLOCKED_TAG)
    versions = TariffVersion.objects.filter(tariff=kiosk.tariff_id)
    version = pricing.in_force(versions, timezone.now())
    if version is None:
        return _declined(NO_TARIFF)
    account = tag.wallet.account
    for _ in range(TRIES):
        ml = min(question.max_ml, pricing.affordable(version, account.available))
        if not pricing.cost(version, ml):
            break
        try:
            hold = _hold(kiosk, question, account, pricing.cost(version, ml))
        except InsufficientFunds:
            # Another purchase was quicker: there is less, and we look again.
            account.refresh_from_db()
            continue
        return _allowed(kiosk, tag, version, ml, hold, account)
    return _declined(NO_FUNDS)


def _hold(kiosk: Kiosk, question: Question, account: Account, amount_micro: int) -> Hold:
    return holds.place(
        account.pk,
        amount_micro,
        key=f"authorise:{kiosk.public_id}:{question.key}",
        expires_at=timezone.now() + timedelta(seconds=question.ttl_s),
        reference=reference(kiosk),
    )


def _allowed(
    kiosk: Kiosk, tag: Tag, version: TariffVersion, ml: int, hold: Hold, account: Account
) -> dict[str, Any]:
    return {
        "status": AUTHORISED,
        "hold": hold.public_id,
        "allowed_ml": ml,
        "amount_micro": hold.amount,
        "currency": kiosk.tariff.currency,
        "tariff_v": version.v,
        # What is set aside is still in the wallet.
        "balance_micro": account.posted,
        "expires_at": _rfc3339(hold.expires_at),
        # By this the kiosk knows the tag in its commands: of tags' numbers we keep none.
        "tag_id": tag.public_id,
    }


def _tag(uid: str) -> Tag | None:
    key = tag_key()
    if key is None:
        return None
    rows = Tag.objects.select_related("wallet__account")
    return rows.filter(uid_hash=uid_hash(key, uid)).first()


def _declined(reason: str) -> dict[str, Any]:
    return {"status": DECLINED, "reason": reason, "hold": None, "allowed_ml": 0}


def _rfc3339(moment: Any) -> str:
    return str(moment.isoformat().replace("+00:00", "Z"))
