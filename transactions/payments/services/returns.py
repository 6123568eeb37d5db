"""Money in suspense that is given back to whoever paid it (M-Pesa's reversal).

    asked --claimed (return_sent_at)--> the request leaves once --> result: returned | kept

A request whose end nobody heard stays asked: the result, whenever it comes, names the receipt.
"""

from django.db import transaction
from django.utils import timezone

from .. import books
from ..crediting import DUPLICATE, Taken
from ..errors import NotReturned
from ..gateways.providers import MPESA
from ..models import InboxOutcome, Receipt, ReceiptState, Suspense
from ..settled import refuse_settled
from ..telling import tell_suspense


def return_ask(*, suspense: int, by: int | None) -> Suspense:
    """Want it given back; a worker asks the provider after the commit.

    Raises:
        AlreadyMatched: it was matched, or is being given back. NotReturned: not this provider's.
    """
    with transaction.atomic():
        found = _locked(suspense)
        refuse_settled(found)
        if found.receipt.provider != MPESA:
            raise NotReturned("Give this back at the provider's own site.")
        found.return_asked_at, found.matched_by, found.return_note = timezone.now(), by, ""
        found.save()
        tell_suspense("returning", found, {})
    return found


def return_sending(*, suspense: int) -> Suspense | None:
    """Claim the request for sending; None: somebody else has."""
    rows = Suspense.objects.filter(
        pk=suspense, return_asked_at__isnull=False, return_sent_at=None, returned_at=None
    )
    if not rows.update(return_sent_at=timezone.now()):
        return None
    return Suspense.objects.select_related("receipt").get(pk=suspense)


def return_sent(*, suspense: int, conversation: str) -> None:
    """The provider took the request; its result names this conversation."""
    Suspense.objects.filter(pk=suspense).update(return_id=conversation or None)


def return_refused(*, suspense: int, note: str) -> None:
    """It is not given back, and waits again."""
    with transaction.atomic():
        found = _locked(suspense)
        if found.returned_at is None:
            _keep(found, note)


def return_take(*, conversation: str, receipt: str, done: bool, note: str) -> Taken | None:
    """The provider's result; None: of nothing that we asked for."""
    with transaction.atomic():
        rows = Suspense.objects.filter(return_sent_at__isnull=False)
        key = rows.filter(return_id=conversation).values_list("pk", flat=True).first()
        if key is None and receipt:
            named = rows.filter(receipt__provider=MPESA, receipt__receipt=receipt)
            key = named.values_list("pk", flat=True).first()
        if key is None:
            return None
        found = _locked(key)
        if found.returned_at is not None or found.return_sent_at is None:
            return DUPLICATE
        if not done:
            _keep(found, note)
            return Taken(InboxOutcome.FAILED, note)
        books.out_of_suspense(found)
        found.receipt.state = ReceiptState.REVERSED
        found.receipt.save(update_fields=["state"])
        found.returned_at = timezone.now()
        found.save()
        tell_suspense("returned", found, {})
    return Taken(InboxOutcome.RETURNED)


def _keep(found: Suspense, note: str) -> None:
    found.return_asked_at = found.return_sent_at = found.return_id = None
    found.return_note = note[:200]
    found.save()
    tell_suspense("kept", found, {})


def _locked(suspense: int) -> Suspense:
    row = Receipt.objects.select_for_update().get(suspense=suspense)
    found = Suspense.objects.select_for_update().get(pk=suspense)
    found.receipt = row
    return found
