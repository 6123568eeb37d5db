"""What the search box finds of RADIUS: customers, plans, routers at one's sites."""

from typing import Any

from radius.models import Plan, Subscriber
from radius.registry.models import Nas
from radius.vouchers.selectors import voucher_by_code, vouchers
from wificore.access.checks import visible
from wificore.kernel.search import Hit, Words, ranked, searchable

# The same as in the indexes of sql/search.sql, or they are not used: there may be many.
CUSTOMER = (
    "lower(username || ' ' || name || ' ' || phone"
    " || ' ' || regexp_replace(phone, '[^0-9]', '', 'g'))"
)
# Of these a tenant has few: no index.
PLAN = "lower(name)"
MAX_DIGITS = 18
ROUTER = "lower(shortname || ' ' || host(address))"


def customers(words: Words, request: Any, limit: int) -> list[Hit]:
    found = ranked(Subscriber.objects.all(), CUSTOMER, words)[:limit]
    return [Hit(str(row.pk), row.name or row.username, _line(row), row.rank) for row in found]


def plans(words: Words, request: Any, limit: int) -> list[Hit]:
    found = ranked(Plan.objects.all(), PLAN, words)[:limit]
    return [Hit(str(row.pk), row.name, "", row.rank) for row in found]


def routers(words: Words, request: Any, limit: int) -> list[Hit]:
    mine = visible(Nas.objects.all(), request.user.subject(), "site_id")
    found = ranked(mine, ROUTER, words)[:limit]
    return [Hit(str(row.pk), row.name or row.address, row.address, row.rank) for row in found]


def papers(words: Words, request: Any, limit: int) -> list[Hit]:
    """Vouchers by their code in any writing, or by the number that stands beside it."""
    number = words.text.removeprefix("voucher-")
    found = voucher_by_code(words.text)
    if found is None and number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS:
        found = vouchers().filter(pk=int(number)).first()
    return [] if found is None else [Hit(str(found.pk), found.account, found.batch.plan.name, 2.0)]


def _line(row: Subscriber) -> str:
    known = (row.username if row.name else "", row.phone)
    return " · ".join(dict.fromkeys(part for part in known if part))


searchable("customer", "radius.subscriber.view", customers)
searchable("plan", "radius.plan.view", plans)
searchable("voucher", "radius.voucher.view", papers)
searchable("router", "radius.nas.view", routers)
