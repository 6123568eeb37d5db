"""What people are told of notifications themselves: work nobody takes, texts that may not leave."""

from wificore.kernel.notices import WARNING, notice, whom

notice(
    "task.escalated",
    WARNING,
    view="",
    people=whom("to"),
    own=True,
    link="/tasks",
    sample={
        "id": 5,
        "kind": "nas.silent",
        "subject": "12",
        "level": 1,
        "to": [3],
        "site": 3,
    },
)
notice(
    "sms.limited",
    WARNING,
    view="notifications.channel.view",
    link="/messages",
    sample={"day": "2026-11-21", "limit": 200},
)
