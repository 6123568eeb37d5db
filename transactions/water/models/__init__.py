"""Rows of water: what staff keep, what kiosks are known by, and what they dispensed."""

from .bundles import Bundle, BundleGrant, BundleKind, BundleProgress
from .dispenses import (
    AUTHORISED,
    DECLINED,
    Authorisation,
    DispenseClaim,
    DispenseState,
    Mode,
    RecordConflict,
    WaterRefund,
    WaterTransaction,
)
from .kiosks import (
    Calibration,
    Kiosk,
    KioskEpoch,
    KioskKey,
    KioskNonce,
    KioskState,
    Tap,
)
from .leases import Lease
from .signals import KioskSignal, KioskWatch
from .tags import Tag, TagKey, TagState
from .tariffs import Tariff, TariffVersion
from .totals import KioskDay, KioskHour, TagDay

__all__ = [
    "AUTHORISED",
    "DECLINED",
    "Authorisation",
    "Bundle",
    "BundleGrant",
    "BundleKind",
    "BundleProgress",
    "Calibration",
    "DispenseClaim",
    "DispenseState",
    "Kiosk",
    "KioskDay",
    "KioskEpoch",
    "KioskHour",
    "KioskKey",
    "KioskNonce",
    "KioskSignal",
    "KioskState",
    "KioskWatch",
    "Lease",
    "Mode",
    "RecordConflict",
    "Tag",
    "TagDay",
    "TagKey",
    "TagState",
    "Tap",
    "Tariff",
    "TariffVersion",
    "WaterRefund",
    "WaterTransaction",
]
