"""What people are told of webhooks."""

from wificore.kernel.notices import WARNING, notice

notice(
    "webhook.disabled",
    WARNING,
    view="webhooks.endpoint.view",
    link="/webhooks/{id}",
    sample={
        "id": 4,
        "url": "https://books.example.com/hooks",
        "description": "Bookkeeping",
        "reason": "failing",
        "failing_since": "2026-11-16T06:12:00+00:00",
        "failed_count": 31,
    },
)
