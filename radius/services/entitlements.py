"""Writes: what a sale of a plan opens."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from radius.models import Plan, Subscriber, SubscriberStatus
from wificore.kernel.api.errors import DomainError

from .subscribers import subscriber_update


class SubscriberSuspended(DomainError):
    """Whoever is suspended could not use what is sold."""

    status = 422
    code = "subscriber_suspended"


def entitlement_open(*, subscriber: Subscriber, plan: Plan) -> Subscriber:
    """Let a subscriber in with a plan that was bought, in the caller's transaction.

    The new end is max(now, present end) + the plan's validity: who renews early loses nothing.
    Who had no end before has one from now on.

    Raises:
        SubscriberSuspended: nothing was changed.
    """
    with transaction.atomic():
        fresh = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        if fresh.status == SubscriberStatus.SUSPENDED:
            raise SubscriberSuspended("This customer is suspended: end that first.")
        start = timezone.now()
        if fresh.plan_id is not None and fresh.expires_at is not None:
            start = max(start, fresh.expires_at)
        end = None if plan.validity_s is None else start + timedelta(seconds=plan.validity_s)
        return subscriber_update(subscriber=fresh, plan=plan, expires_at=end)
