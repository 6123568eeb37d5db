"""Plans and subscribers as rows of the standard rad* tables, always in the caller's transaction.

`wc_compile_v1` then folds a user's rows into the one row that a login reads (RADIUS 1).
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection

from radius.models import (
    Plan,
    RadCheck,
    RadGroupCheck,
    RadGroupReply,
    RadUserGroup,
    Subscriber,
    SubscriberStatus,
)
from wificore.kernel.db.context import current

INTERIM_INTERVAL_S = 300
PASSWORD = "Cleartext-Password"
EXPIRATION_FORMAT = "%d %b %Y %H:%M:%S"
# The end of what nobody has bought.
NEVER_BEGAN = datetime(2000, 1, 1, tzinfo=UTC)

Pairs = list[tuple[str, str]]


def write_plan(plan: Plan) -> None:
    """The plan's group rows anew, and with them all its subscribers' compiled rows."""
    forget_group(plan.group)
    RadGroupCheck.objects.bulk_create(
        RadGroupCheck(groupname=plan.group, attribute=name, op=":=", value=value)
        for name, value in _checks(plan)
    )
    RadGroupReply.objects.bulk_create(
        RadGroupReply(groupname=plan.group, attribute=name, op=":=", value=value)
        for name, value in _replies(plan)
    )
    members = RadUserGroup.objects.filter(groupname=plan.group)
    recompile(members.values_list("username", flat=True))


def forget_group(group: str) -> None:
    RadGroupCheck.objects.filter(groupname=group).delete()
    RadGroupReply.objects.filter(groupname=group).delete()


def _checks(plan: Plan) -> Pairs:
    return [("Simultaneous-Use", str(plan.devices))] if plan.devices else []


def _replies(plan: Plan) -> Pairs:
    replies = [("Acct-Interim-Interval", str(INTERIM_INTERVAL_S))]
    if plan.session_timeout_s:
        replies.append(("Session-Timeout", str(plan.session_timeout_s)))
    return replies + _speed(plan.upload_kbps, plan.download_kbps)


def _speed(up: int | None, down: int | None) -> Pairs:
    """WISPr in bits/s; MikroTik from the router's view: the subscriber's upload comes first."""
    pairs: Pairs = []
    if up:
        pairs.append(("WISPr-Bandwidth-Max-Up", str(up * 1000)))
    if down:
        pairs.append(("WISPr-Bandwidth-Max-Down", str(down * 1000)))
    if up and down:
        pairs.append(("Mikrotik-Rate-Limit", f"{up}k/{down}k"))
    return pairs


def write_subscriber(subscriber: Subscriber, password: str) -> None:
    write_subscribers([(subscriber, password)])


def write_subscribers(accounts: Iterable[tuple[Subscriber, str]]) -> None:
    """Check rows, group and compiled row of each account, set-wise."""
    accounts = list(accounts)
    names = [subscriber.username for subscriber, _ in accounts]
    forget_users(names)
    RadCheck.objects.bulk_create(
        RadCheck(username=subscriber.username, attribute=name, op=":=", value=value)
        for subscriber, password in accounts
        for name, value in user_checks(
            subscriber.status, ends_at(subscriber.plan_id, subscriber.expires_at), password
        )
    )
    RadUserGroup.objects.bulk_create(
        RadUserGroup(username=account.username, groupname=account.plan.group, priority=1)
        for account, _ in accounts
        if account.plan is not None
    )
    recompile(names)


def ends_at(plan: int | None, expires_at: datetime | None) -> datetime | None:
    """When an account's logins end: without a plan they never began."""
    return NEVER_BEGAN if plan is None else expires_at


def user_checks(status: str, expires_at: datetime | None, password: str) -> Pairs:
    """An account's check items."""
    checks = [(PASSWORD, password)]
    if status == SubscriberStatus.SUSPENDED:
        checks.append(("Auth-Type", "Reject"))
    if expires_at is not None:
        checks.append(("Expiration", expiration(expires_at)))
    return checks


def expiration(moment: datetime) -> str:
    """FreeRADIUS' date format; tenants' zone is UTC until they can choose one."""
    return moment.astimezone(UTC).strftime(EXPIRATION_FORMAT)


def stored_password(username: str) -> str:
    return RadCheck.objects.get(username=username, attribute=PASSWORD).value


def forget_users(usernames: list[str]) -> None:
    RadCheck.objects.filter(username__in=usernames).delete()
    RadUserGroup.objects.filter(username__in=usernames).delete()


def recompile(usernames: Iterable[str]) -> None:
    names = list(usernames)
    if names:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "{current().schema}".wc_compile_v1(%s::text[])', [names])
