"""Writes: tags, which say whose wallet pays and hold no money."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from transactions.wallets.models import Wallet
from wificore.kernel.changes import announce
from wificore.kernel.crypto import encrypt

from ..errors import Invalid, Taken
from ..identity import tag_key, uid_hash
from ..models import Tag, TagKey

KEY_BYTES = 32


def tag_bind(*, uid: str, wallet: Wallet, label: str = "") -> Tag:
    """A tag opens taps on this wallet's money from now on; only a hash of `uid` is kept.

    Raises:
        Taken: the tag is bound already: change it instead. Invalid: the label cannot be.
    """
    with transaction.atomic():
        tag = Tag(uid_hash=uid_hash(_key(), uid), wallet=wallet, label=label)
        return _saved(tag, None)


def tag_change(*, tag: Tag, **changes: Any) -> Tag:
    """Another `state`, `wallet` or `label`.

    Raises:
        Invalid: a value cannot be.
    """
    with transaction.atomic():
        old = _told(Tag.objects.select_for_update(of=("self",)).get(pk=tag.pk))
        for field, value in changes.items():
            setattr(tag, field, value)
        return _saved(tag, old)


def _saved(tag: Tag, old: dict[str, Any] | None) -> Tag:
    try:
        tag.full_clean(validate_unique=False, exclude=["uid_hash"])
        with transaction.atomic():
            tag.save()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], field=field) from None
    except IntegrityError:
        raise Taken("This tag is bound to a wallet already.", field="uid") from None
    event = "tag.bound" if old is None else "tag.changed"
    announce(event, tag.public_id, old=old, new=_told(tag))
    return tag


def _told(tag: Tag) -> dict[str, Any]:
    return {"wallet": tag.wallet.public_id, "state": str(tag.state), "label": tag.label}


def _key() -> bytes:
    """The tenant's key, made with the first tag; whoever comes second takes the first one's."""
    known = tag_key()
    if known is None:
        made = encrypt(secrets.token_hex(KEY_BYTES))
        TagKey.objects.bulk_create([TagKey(pk=1, sealed=made)], ignore_conflicts=True)
        known = tag_key()
    assert known is not None
    return known
