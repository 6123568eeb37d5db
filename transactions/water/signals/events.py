"""What signals tell. The water app's `events` brings them along."""

from wificore.kernel.event_kinds import COUNT, NUMBER, TEXT, TIME, Kind, Schema, declare, shape

from .rules import Signal

KIOSK: dict[str, Schema] = {
    "id": {**TEXT, "description": "The kiosk's id in /api/v1/kiosks/."},
    "name": TEXT,
    "site": NUMBER,
    "signal": {**TEXT, "enum": [str(signal) for signal in Signal]},
    "tag": {**TEXT, "description": "The tag's id, where it is about one."},
    "day": {**TEXT, "description": "The business day, where it is about one."},
    "litres": {**NUMBER, "description": "Of water, where it is about some."},
    "records": {**COUNT, "description": "How many are missing."},
    "since": TIME,
}
TITLES = {
    Signal.LEAK: "Water passes a kiosk's shut valve",
    Signal.DRY_RUN: "No water comes from a kiosk",
    Signal.LOW_FLOW: "Water runs slowly at a kiosk",
    Signal.TAMPER: "Somebody opened a kiosk",
    Signal.SILENT: "Nothing comes from a kiosk",
    Signal.BACKWARDS: "A kiosk's meter ran backwards",
    Signal.TWO_PLACES: "A tag was at two kiosks at the same time",
    Signal.GAP: "Records of a kiosk are missing",
    Signal.UNEXPLAINED: "A kiosk's meter and its records differ",
}
# Events and notices are called `kiosk.signal.<signal>`.
BEGINS, OVER = "kiosk.signal.", "kiosk.signal_over"
VIEW = "water.kiosk.view"

declare(
    *(
        Kind(f"{BEGINS}{signal}", title, VIEW, site="site", payload=shape(**KIOSK))
        for signal, title in TITLES.items()
    ),
    Kind(
        OVER,
        "What was wrong with a kiosk is over",
        VIEW,
        site="site",
        payload=shape(**KIOSK, minutes={**COUNT, "description": "How long it lasted."}),
    ),
)
