"""Writes of the RADIUS domain; other apps call these and nothing deeper."""

from radius.registry.services import AddressTaken, nas_create, nas_delete, nas_save, nas_update

from .entitlements import SubscriberSuspended, entitlement_open
from .plans import PlanInUse, PlanInvalid, plan_create, plan_delete, plan_update
from .subscribers import (
    SubscriberInUse,
    SubscriberInvalid,
    subscriber_create,
    subscriber_delete,
    subscriber_save_new,
    subscriber_update,
    subscribers_create,
)

__all__ = [
    "AddressTaken",
    "PlanInUse",
    "PlanInvalid",
    "SubscriberInUse",
    "SubscriberInvalid",
    "SubscriberSuspended",
    "entitlement_open",
    "nas_create",
    "nas_delete",
    "nas_save",
    "nas_update",
    "plan_create",
    "plan_delete",
    "plan_update",
    "subscriber_create",
    "subscriber_delete",
    "subscriber_save_new",
    "subscriber_update",
    "subscribers_create",
]
