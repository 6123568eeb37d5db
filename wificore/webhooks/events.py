"""What webhooks tell of themselves; never a secret, nor what was sent."""

from wificore.kernel.event_kinds import COUNT, TEXT, TIME, Kind, declare, maybe, shape, written

VIEW = "webhooks.endpoint.view"
ID = {"type": "integer", "description": "The endpoint's id in /api/v1/webhooks/endpoints/."}
ABOUT = {"id": ID, "url": TEXT, "description": TEXT}

declare(
    *written("webhook", "A webhook endpoint", view=VIEW),
    Kind("webhook.rotated", "A webhook endpoint got a new secret", VIEW),
    Kind("webhook.tested", "A webhook endpoint is tried", VIEW, payload=shape(**ABOUT)),
    Kind(
        "webhook.disabled",
        "A webhook endpoint was disabled, because it only failed or is gone",
        VIEW,
        payload=shape(
            **ABOUT,
            reason={**TEXT, "enum": ["gone", "failing"]},
            failing_since=maybe(TIME),
            failed_count=COUNT,
        ),
    ),
    Kind(
        "webhook.replayed",
        "Deliveries to a webhook endpoint are sent again",
        VIEW,
        payload=shape(id=ID, deliveries=COUNT),
    ),
)
