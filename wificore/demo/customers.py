"""The demo's customers: who they are, what they buy, since when, and who has let it run out."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from radius import services as radius
from radius.models import Plan, Subscriber, SubscriberStatus
from radius.simulator.provision import TenantParticipants

from .people import HISTORY_DAYS, PLANS, DemoTenant

COUNT = 120
OLDEST_DAYS = HISTORY_DAYS * 2
# Not the names of `people.SUBSCRIBERS`, whom tests and guides look for.
FIRST = [
    "Achieng",
    "Akinyi",
    "Atieno",
    "Barasa",
    "Chebet",
    "Cherono",
    "Chepkoech",
    "Ekiru",
    "Esinyen",
    "Faith",
    "Fatuma",
    "Gathoni",
    "Grace",
    "Halima",
    "Hassan",
    "Imani",
    "Jemutai",
    "Joyce",
    "Juma",
    "Kamau",
    "Karimi",
    "Kevin",
    "Kiprono",
    "Kipchoge",
    "Lilian",
    "Lokiru",
    "Makena",
    "Mercy",
    "Moraa",
    "Mueni",
    "Mumbi",
    "Mutua",
    "Mwende",
    "Naliaka",
    "Nasimiyu",
    "Nekesa",
    "Njeri",
    "Nyambura",
    "Odhiambo",
    "Okoth",
    "Omari",
    "Otieno",
    "Purity",
    "Rehema",
    "Ruth",
    "Salim",
    "Simiyu",
    "Wafula",
    "Wairimu",
    "Wambui",
    "Wanjiku",
    "Yusuf",
    "Zawadi",
]
LAST = [
    "Abdi",
    "Anyango",
    "Cheruiyot",
    "Gitau",
    "Kariuki",
    "Kibet",
    "Kilonzo",
    "Kimani",
    "Koech",
    "Korir",
    "Maina",
    "Makori",
    "Mbugua",
    "Mohamed",
    "Muthoni",
    "Mwangi",
    "Ndungu",
    "Ngugi",
    "Nyaga",
    "Ochieng",
    "Odinga",
    "Omondi",
    "Onyango",
    "Ouma",
    "Rotich",
    "Sang",
    "Wachira",
    "Wanyama",
    "Wekesa",
]
SUSPENDED, EXPIRED = 4, 11
# As many as `simulate routers` takes by itself.
SIMULATED, SEED = 100, 1


@dataclass(frozen=True, slots=True)
class Customer:
    username: str
    name: str
    phone: str
    plan: str
    since: datetime
    expires_at: datetime | None
    status: SubscriberStatus


def customers(demo: DemoTenant, now: datetime) -> Iterator[Customer]:
    """The same people at every call; only the days move along."""
    dice = random.Random(demo.slug)
    plans = [str(plan["name"]) for plan in PLANS]
    for number in range(COUNT):
        phone = f"+2547{dice.randrange(10, 40)}{dice.randrange(10**6):06}"
        # Half of them were there before the history begins; the rest came one after the other.
        age = int(OLDEST_DAYS * (1 - number / COUNT))
        since = now - timedelta(days=age, hours=dice.randrange(24))
        ran_out = number % EXPIRED == EXPIRED - 1
        gone = timedelta(days=dice.randrange(1, 9), hours=dice.randrange(24))
        coming = timedelta(days=dice.randrange(2, 40))
        yield Customer(
            username=phone,
            name=f"{dice.choice(FIRST)} {dice.choice(LAST)}",
            phone=phone,
            plan=dice.choice(plans),
            since=since,
            expires_at=now - gone if ran_out else (now + coming if number % 3 else None),
            status=SubscriberStatus.SUSPENDED
            if number % (COUNT // SUSPENDED) == 1
            else SubscriberStatus.ACTIVE,
        )


def name_simulated(demo: DemoTenant) -> None:
    """The simulator's customers, before it starts: who would believe in `sim-0042`?

    They keep their user names and their plan, which it relies on. Who they are is made up, so the
    audit trail does not tell of it.
    """
    TenantParticipants(SEED, own_routers=False).gather([demo.slug], SIMULATED)
    dice, now = random.Random(f"{demo.slug} simulated"), timezone.now()
    nameless = list(Subscriber.objects.filter(username__startswith="sim-", name="").order_by("pk"))
    for one in nameless:
        one.name = f"{dice.choice(FIRST)} {dice.choice(LAST)}"
        one.phone = f"+2541{dice.randrange(10, 16)}{dice.randrange(10**6):06}"
        one.created_at = now - timedelta(days=dice.randrange(3, OLDEST_DAYS * 2))
    Subscriber.objects.bulk_update(nameless, ("name", "phone", "created_at"))


def settle(demo: DemoTenant) -> list[str]:
    """Make those that are missing; the user names of all.

    They are made by the service, and the audit trail says when: now. What the demo makes up is
    since when they are customers.
    """
    wanted = list({one.username: one for one in customers(demo, timezone.now())}.values())
    names = [one.username for one in wanted]
    known = set(Subscriber.objects.filter(username__in=names).values_list("username", flat=True))
    plans = {plan.name: plan for plan in Plan.objects.all()}
    for one in wanted:
        if one.username not in known:
            made = radius.subscriber_create(
                username=one.username,
                password=demo.password(one.username),
                plan=plans[one.plan],
                name=one.name,
                phone=one.phone,
                status=one.status,
                expires_at=one.expires_at,
            )
            Subscriber.objects.filter(pk=made.pk).update(created_at=one.since)
    return names
