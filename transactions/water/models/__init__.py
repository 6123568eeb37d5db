"""Rows of water: what staff keep, what kiosks are known by, and what they dispensed."""

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
from .tags import Tag, TagKey, TagState
from .tariffs import Tariff, TariffVersion

__all__ = [
    "AUTHORISED",
    "DECLINED",
    "Authorisation",
    "Calibration",
    "DispenseClaim",
    "DispenseState",
    "Kiosk",
    "KioskEpoch",
    "KioskKey",
    "KioskNonce",
    "KioskState",
    "Lease",
    "Mode",
    "RecordConflict",
    "Tag",
    "TagKey",
    "TagState",
    "Tap",
    "Tariff",
    "TariffVersion",
    "WaterRefund",
    "WaterTransaction",
]
