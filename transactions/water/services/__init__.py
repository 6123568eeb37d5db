"""Writes of water that people make; records of devices are booked by `booking`."""

from .bundles import bundle_save, bundle_sell
from .calibrations import calibrate
from .kiosks import KioskWithKey, key_add, key_revoke, kiosk_change, kiosk_create
from .leases import lease_end, lease_grant
from .refunds import refund
from .tags import tag_bind, tag_change
from .tariffs import tariff_create, version_add

__all__ = [
    "KioskWithKey",
    "bundle_save",
    "bundle_sell",
    "calibrate",
    "key_add",
    "key_revoke",
    "kiosk_change",
    "kiosk_create",
    "lease_end",
    "lease_grant",
    "refund",
    "tag_bind",
    "tag_change",
    "tariff_create",
    "version_add",
]
