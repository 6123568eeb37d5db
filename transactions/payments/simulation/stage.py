"""Whom the simulator plays with: wallets of its own, and a token of the owner's."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from tenants.selectors import primary_host, tenant_get
from transactions.wallets.services import wallet_open
from wificore.access.models import ApiToken, User
from wificore.access.services import token_create, token_revoke
from wificore.kernel.db.context import tenant_context

from ..gateways.providers import callback_token, mpesa_account

ROLE = "owner"
TOKEN_NAME = "payments simulator"
TOKEN_LIVES = timedelta(hours=24)


class NotReady(Exception):
    """A tenant cannot be simulated; the message says why."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant as its provider and its staff reach it.

    Attributes:
        wallets, accounts: ids and account numbers, in the plan's order.
    """

    slug: str
    host: str
    shortcode: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    wallets: list[str]
    accounts: list[str]


@contextmanager
def staged(slugs: Sequence[str], *, run: str, wallets: int) -> Iterator[list[Tenant]]:
    """The tenants, ready; their tokens end with the block.

    Raises:
        NotReady: no such tenant, no account at M-Pesa, no owner.
    """
    made = [_staged(slug, run, wallets) for slug in slugs]
    try:
        yield [tenant for tenant, _ in made]
    finally:
        for tenant, token in made:
            _revoke(tenant, token)


def _revoke(tenant: Tenant, token: ApiToken) -> None:
    try:
        with tenant_context(tenant_get(slug=tenant.slug)):
            token_revoke(token=token)
    except (OperationalError, InterfaceError):
        return  # a database that was just killed does not hear it; the token ends by itself


def _staged(slug: str, run: str, wallets: int) -> tuple[Tenant, ApiToken]:
    try:
        row = tenant_get(slug=slug)
    except ObjectDoesNotExist:
        raise NotReady(f"--tenants: there is no tenant {slug!r}") from None
    host = primary_host(row)
    with tenant_context(row):
        account, secret = mpesa_account(), callback_token()
        if not (account.enabled and secret):
            raise NotReady(f"{slug} has no account at M-Pesa: switch it on first")
        owner = User.objects.filter(roles__name=ROLE, is_active=True).first()
        if owner is None:
            raise NotReady(f"{slug} has no owner to make requests as")
        ends = timezone.now() + TOKEN_LIVES
        token, clear = token_create(user=owner, name=f"{TOKEN_NAME} {run}", expires_at=ends)
        opened = [
            wallet_open(name=f"Payer {number}", phone=phone(run, number))
            for number in range(wallets)
        ]
        made = Tenant(
            slug=slug,
            host=host,
            shortcode=account.shortcode,
            secret=secret,
            token=clear,
            wallets=[wallet.public_id for wallet in opened],
            accounts=[wallet.account_no for wallet in opened],
        )
    return made, token


def phone(run: str, number: int) -> str:
    """A customer's own number, new in every run; another phone pays."""
    digits = int(run, 36) % 10**7
    return f"+2541{digits:07d}{number:03d}"
