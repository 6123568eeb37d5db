"""What bundles tell."""

from wificore.kernel.event_kinds import (
    COUNT,
    NUMBER,
    TEXT,
    TIME,
    YES_NO,
    Kind,
    Schema,
    declare,
    maybe,
    shape,
)

VIEW = "water.bundle.view"
MICRO: Schema = {**COUNT, "description": "Micro-units of the currency."}
BUNDLE: dict[str, Schema] = {
    "id": {**TEXT, "description": "The bundle's id in /api/v1/bundles/."},
    "name": TEXT,
    "kind": {**TEXT, "enum": ["earned", "bought"]},
    "ml": {**COUNT, "description": "Water that earns it, or is bought with it."},
    "plan": {**NUMBER, "description": "What it opens."},
    "price_micro": MICRO,
    "wifi_micro": {**MICRO, "description": "What of it is WiFi's."},
    "active": YES_NO,
}

declare(
    Kind("bundle.created", "A bundle was made", VIEW, payload=shape(**BUNDLE)),
    Kind(
        "bundle.changed",
        "A bundle was changed",
        VIEW,
        payload=shape(**BUNDLE, changed={"type": "array", "items": TEXT}),
    ),
    Kind(
        "bundle.granted",
        "Somebody got WiFi by a bundle",
        VIEW,
        payload=shape(
            id=BUNDLE["id"],
            name=TEXT,
            kind=BUNDLE["kind"],
            wallet={**TEXT, "description": "The wallet's id in /api/v1/wallets/."},
            subscriber=NUMBER,
            plan=NUMBER,
            times={**COUNT, "description": "How often at once."},
            wifi_micro=MICRO,
            currency=TEXT,
            valid_until=maybe(TIME),
        ),
    ),
)
