"""Reads: sessions and login attempts, always within a time range so that partitions prune."""

from datetime import datetime

from django.conf import settings
from django.db.models import BigIntegerField, Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from radius.models import Login, NasState, Plan, Session, Subscriber
from wificore.kernel import day_ids


def sessions(*, since: datetime, until: datetime) -> QuerySet[Session]:
    """Sessions that were online at some time between the two moments, open ones included."""
    began = Q(acctstarttime__lte=until)
    still_going = Q(online=True) | Q(acctstoptime__gte=since)
    return Session.objects.filter(began & still_going)


def logins(*, since: datetime, until: datetime) -> QuerySet[Login]:
    return Login.objects.filter(authdate__gte=since, authdate__lte=until)


def session_get(*, public_id: str) -> Session:
    """One session by its opaque id.

    Raises:
        Session.DoesNotExist: no such session, or not an id of ours.
    """

    def rows(start: datetime, _end: datetime, number: int) -> QuerySet[Session]:
        later = Q(online=True) | Q(acctstoptime__gte=start)
        return Session.objects.filter(later, radacctid=number)

    return day_ids.look_up(Session, public_id, rows)


def session_public_id(session: Session) -> str:
    """`<start day>.<number>`: neither changes when the session ends."""
    return day_ids.day_id(session.acctstarttime, session.radacctid)


def login_public_id(login: Login) -> str:
    """`<day>.<number>`, so that a look-up touches one partition."""
    return day_ids.day_id(login.authdate, login.id)


def login_get(*, public_id: str) -> Login:
    """One login attempt by its opaque id.

    Raises:
        Login.DoesNotExist: no such attempt, or not an id of ours.
    """

    def rows(start: datetime, end: datetime, number: int) -> QuerySet[Login]:
        return Login.objects.filter(authdate__gte=start, authdate__lt=end, id=number)

    return day_ids.look_up(Login, public_id, rows)


def subscriber_by_phone(phone: str) -> Subscriber | None:
    """The oldest account with this number, as its telephone or as its user name.

    Args:
        phone: in E.164; stored ones may be written in other ways (`kernel.phones`).
    """
    country = settings.PHONE_COUNTRY
    digits = phone.removeprefix("+")
    forms = [phone, digits, f"00{digits}"]
    if digits.startswith(country):
        forms.append(f"0{digits.removeprefix(country)}")
    rows = Subscriber.objects.filter(Q(phone__in=forms) | Q(username__in=forms))
    return rows.order_by("id").first()


def plan_get(*, plan: int) -> Plan | None:
    """A plan by its number."""
    return Plan.objects.filter(pk=plan).first()


def nas_states() -> dict[int, NasState]:
    """How each router is that was heard of, by its id: a tenant has few."""
    return {state.nas_id: state for state in NasState.objects.all()}


def sessions_online() -> QuerySet[Session]:
    """Sessions that are open now."""
    return Session.objects.filter(online=True)


def usage_online() -> dict[str, int]:
    """How many are open now, and what they have moved together: active, input, output octets."""
    return sessions_online().aggregate(
        active=Count("*"),
        input_octets=Coalesce(Sum("acctinputoctets"), 0, output_field=BigIntegerField()),
        output_octets=Coalesce(Sum("acctoutputoctets"), 0, output_field=BigIntegerField()),
    )


def logins_by_answer(*, since: datetime) -> list[tuple[str, str, int]]:
    """Login attempts since then: (reply, reason, how many), the most frequent first."""
    counted = Login.objects.filter(authdate__gte=since).values_list("reply", "reason")
    return list(counted.annotate(number=Count("*")).order_by("-number", "reply", "reason"))


def subscriber_get(*, subscriber: int) -> Subscriber | None:
    """An account by its number."""
    return Subscriber.objects.filter(pk=subscriber).first()
