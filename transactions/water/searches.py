"""What the search box finds of water: kiosks at one's sites, and tags by what people call them."""

from typing import Any

from wificore.access.checks import visible
from wificore.kernel.search import Hit, Words, ranked, searchable

from .models import Kiosk, Tag

# Of kiosks a tenant has few, and labels of tags are short: no index. The site has a name as well.
KIOSK = "lower(water_kiosk.name || ' ' || water_kiosk.public_id)"
TAG = "lower(label)"


def kiosks(words: Words, request: Any, limit: int) -> list[Hit]:
    rows = Kiosk.objects.select_related("site")
    mine = visible(rows, request.user.subject(), "site_id")
    found = ranked(mine, KIOSK, words)[:limit]
    return [Hit(row.public_id, row.name, row.site.name, row.rank) for row in found]


def tags(words: Words, request: Any, limit: int) -> list[Hit]:
    found = ranked(Tag.objects.exclude(label=""), TAG, words)[:limit]
    return [Hit(row.public_id, row.label, row.state, row.rank) for row in found]


searchable("kiosk", "water.kiosk.view", kiosks)
searchable("tag", "water.tag.view", tags)
