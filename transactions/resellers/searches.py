"""What the search box finds of resellers: a user who is one finds itself alone."""

from typing import Any

from transactions.resellers.selectors import seen_by
from wificore.kernel.search import Hit, Words, ranked, searchable

# A tenant has few: no index.
RESELLER = "lower(name || ' ' || phone || ' ' || regexp_replace(phone, '[^0-9]', '', 'g'))"


def resellers(words: Words, request: Any, limit: int) -> list[Hit]:
    mine = seen_by(request.user.subject().id).select_related(None)
    found = ranked(mine, RESELLER, words)[:limit]
    return [Hit(row.public_id, row.name, row.phone, row.rank) for row in found]


searchable("reseller", "resellers.reseller.view", resellers)
