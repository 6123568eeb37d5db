"""What water tells."""

from wificore.kernel.event_kinds import (
    COUNT,
    NUMBER,
    TEXT,
    TIME,
    Kind,
    declare,
    maybe,
    shape,
)

# What these declare is water's as well.
from . import bundle_events as _bundles  # noqa: F401
from .signals import events as _signals  # noqa: F401

KIOSKS, TARIFFS, TAGS = "water.kiosk.view", "water.tariff.view", "water.tag.view"
LEASES, SALES = "water.lease.view", "water.transaction.view"

SITE = {**NUMBER, "description": "The site's id."}
MICRO = {**COUNT, "description": "Micro-units of the currency."}
ML = {**COUNT, "description": "Millilitres."}
CHANGED = {"type": "array", "items": TEXT, "description": "Names of the fields that are new."}
WALLET = {**TEXT, "description": "The wallet's id in /api/v1/wallets/."}
KIOSK_ID = {**TEXT, "description": "The kiosk's id in /api/v1/kiosks/."}
DAY = {**TEXT, "format": "date"}

KIOSK = {"id": KIOSK_ID, "name": TEXT, "site": SITE, "tariff": TEXT, "state": TEXT, "max_ml": ML}
KEY = {"id": KIOSK_ID, "name": TEXT, "site": SITE, "key_id": TEXT}
TAG = {
    "id": {**TEXT, "description": "The tag's id in /api/v1/tags/."},
    "wallet": WALLET,
    "state": TEXT,
    "label": TEXT,
}
LEASE = {
    "id": {**TEXT, "description": "The lease's id, which records name."},
    "wallet": WALLET,
    "kiosk": KIOSK_ID,
    "name": {**TEXT, "description": "The kiosk's."},
    "site": SITE,
    "amount_micro": MICRO,
    "captured_micro": MICRO,
    "currency": TEXT,
    "expires_at": TIME,
}
DISPENSE = {
    "id": {**TEXT, "description": "The dispense's id in /api/v1/water/transactions/."},
    "kiosk": KIOSK_ID,
    "name": {**TEXT, "description": "The kiosk's."},
    "site": SITE,
    "epoch": COUNT,
    "seq": COUNT,
    "state": TEXT,
    "mode": TEXT,
    "ml": ML,
    "cost_micro": MICRO,
    "captured_micro": MICRO,
    "receivable_micro": MICRO,
    "overrun_micro": MICRO,
    "currency": TEXT,
    "wallet": maybe(WALLET),
    "tag": maybe(TEXT),
    "happened_at": TIME,
    "business_day": DAY,
    "flags": {"type": "array", "items": TEXT},
}

declare(
    Kind("kiosk.created", "A kiosk was added", KIOSKS, site="site", payload=shape(**KIOSK)),
    Kind(
        "kiosk.changed",
        "A kiosk was changed",
        KIOSKS,
        site="site",
        payload=shape(**KIOSK, changed=CHANGED),
    ),
    Kind("kiosk.key_added", "A kiosk got a key", KIOSKS, site="site", payload=shape(**KEY)),
    Kind(
        "kiosk.key_revoked",
        "A key of a kiosk is dead",
        KIOSKS,
        site="site",
        payload=shape(**KEY),
    ),
    Kind(
        "kiosk.calibrated",
        "A kiosk's tap was measured, and counts otherwise from now on",
        KIOSKS,
        site="site",
        payload=shape(
            id=KIOSK_ID,
            name=TEXT,
            site=SITE,
            measured_ml=ML,
            pulses=COUNT,
            old_pulses_per_litre=COUNT,
            new_pulses_per_litre=COUNT,
            config_version=COUNT,
        ),
    ),
    Kind(
        "tariff.created",
        "A tariff was made",
        TARIFFS,
        payload=shape(id=TEXT, name=TEXT, currency=TEXT),
    ),
    Kind(
        "tariff.version_added",
        "Water has another price from some time on",
        TARIFFS,
        payload=shape(
            id={**TEXT, "description": "The tariff's id in /api/v1/tariffs/."},
            name=TEXT,
            v=COUNT,
            valid_from=TIME,
            price_micro_per_litre=MICRO,
            currency=TEXT,
        ),
    ),
    Kind("tag.bound", "A tag was bound to a wallet", TAGS, payload=shape(**TAG)),
    Kind("tag.changed", "A tag was changed", TAGS, payload=shape(**TAG, changed=CHANGED)),
    Kind(
        "lease.granted",
        "A kiosk may spend of a wallet while it is offline",
        LEASES,
        site="site",
        payload=shape(**LEASE),
    ),
    Kind(
        "lease.ended",
        "A lease was ended, and what was left of it is free",
        LEASES,
        site="site",
        payload=shape(**LEASE),
    ),
    Kind(
        "water.dispensed",
        "Water was dispensed",
        SALES,
        site="site",
        payload=shape(**DISPENSE),
    ),
    Kind(
        "water.quarantined",
        "A record of a kiosk cannot be as it says: it is kept and not booked",
        SALES,
        site="site",
        payload=shape(
            id=TEXT, kiosk=KIOSK_ID, name=TEXT, site=SITE, epoch=COUNT, seq=COUNT, reason=TEXT
        ),
    ),
    Kind(
        "water.conflict",
        "A kiosk sent another record under a number that is taken",
        SALES,
        site="site",
        payload=shape(
            id={**TEXT, "description": "Of the first, which stays."},
            kiosk=KIOSK_ID,
            name=TEXT,
            site=SITE,
            epoch=COUNT,
            seq=COUNT,
        ),
    ),
    Kind(
        "water.refunded",
        "Money of a dispense was given back",
        SALES,
        site="site",
        payload=shape(
            id=TEXT,
            kiosk=KIOSK_ID,
            name=TEXT,
            site=SITE,
            wallet=WALLET,
            transfer=TEXT,
            amount_micro=MICRO,
            refunded_micro=MICRO,
            balance_micro=MICRO,
            currency=TEXT,
            reason=TEXT,
        ),
    ),
)
