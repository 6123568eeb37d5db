"""What the search box finds of access: staff."""

from typing import Any

from wificore.kernel.search import Hit, Words, ranked, searchable

from .models import User

# A tenant has few: no index.
STAFF = "lower(email || ' ' || name || ' ' || phone)"


def staff(words: Words, request: Any, limit: int) -> list[Hit]:
    found = ranked(User.objects.all(), STAFF, words)[:limit]
    return [Hit(str(row.pk), row.name or row.email, row.email, row.rank) for row in found]


searchable("staff", "access.user.view", staff)
