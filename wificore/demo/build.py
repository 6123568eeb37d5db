"""Makes the demo, or what is missing of it; safe to run again."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from knox.crypto import hash_token

from radius import services as radius
from radius.models import Plan, Subscriber
from radius.registry.models import Nas
from tenants.hooks import Owner
from tenants.models import Tenant, TenantState
from tenants.selectors import primary_host
from tenants.services import tenant_create
from wificore.access.models import ApiToken, User
from wificore.access.services import token_create, user_create, user_update
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.realtime.secrets import opened
from wificore.realtime.selectors import own_app

from .alarms import alarm
from .customers import name_simulated, settle
from .history import remember
from .news import tell
from .organisation import organise
from .payments import mpesa
from .people import (
    OPERATOR_EMAIL,
    OPERATOR_PASSWORD,
    PLANS,
    SUBSCRIBERS,
    TENANTS,
    DemoTenant,
)
from .vouchers import vouchers
from .water import bundle_up, water_up

TOKEN_NAME = "demo"
COA_PORT = 3799

Json = dict[str, Any]


def build(known: Json) -> Json:
    """The demo's part of `var/stack.json`.

    Args:
        known: what an earlier run wrote; its tokens are kept while they are valid.
    """
    tokens = {tenant["slug"]: tenant["owner"]["token"] for tenant in known.get("tenants", [])}
    platform = _platform(known.get("platform", {}).get("token"))
    return {
        "platform": platform,
        "tenants": [_tenant(demo, tokens.get(demo.slug)) for demo in TENANTS],
    }


def read(path: Path) -> Json:
    try:
        found: Json = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _platform(token: str | None) -> Json:
    with platform_context():
        operator = _user(OPERATOR_EMAIL, OPERATOR_PASSWORD, "operator", "Platform operator")
        token = _token(operator, token)
    return {
        "host": settings.PLATFORM_HOST,
        "email": OPERATOR_EMAIL,
        "password": OPERATOR_PASSWORD,
        "token": token,
    }


def _tenant(demo: DemoTenant, token: str | None) -> Json:
    tenant = _provisioned(demo)
    with tenant_context(tenant):
        owner = _user(demo.email("owner"), demo.password("owner"), "owner", demo.owner)
        _user(demo.email("clerk"), demo.password("clerk"), "cashier", "Clerk")
        token = _token(owner, token)
        _routers(demo)
        organise(demo)
        alarm(demo, owner)
        plan = _plans()
        _subscribers(demo, plan)
        name_simulated(demo)
        remember(demo, settle(demo))
        tell(demo)
        sockets = _realtime()
        paybill = mpesa(demo)
        kiosks = water_up(demo)
        bundle_up(plan)
        codes = vouchers()
    return {
        "slug": demo.slug,
        "schema": tenant.schema_name,
        "host": primary_host(tenant),
        "owner": {"email": owner.email, "password": demo.password("owner"), "token": token},
        "clerk": {"email": demo.email("clerk"), "password": demo.password("clerk")},
        "realtime": sockets,
        "mpesa": paybill,
        "kiosks": kiosks,
        "nas": [
            {"ip": address, "secret": demo.secret, "coa_port": COA_PORT} for address in demo.routers
        ],
        "subscribers": [
            {"username": name, "password": demo.password(name), "plan": PLANS[0]["name"]}
            for name in SUBSCRIBERS
        ],
        "vouchers": codes,
    }


def _realtime() -> Json:
    app = own_app()
    return {"app_id": str(app.pk), "key": app.key, "secret": opened(app.sealed_secrets)[0]}


def _provisioned(demo: DemoTenant) -> Tenant:
    with platform_context():
        existing = Tenant.objects.filter(slug=demo.slug, state=TenantState.ACTIVE).first()
    owner = Owner(demo.email("owner"), demo.password("owner"))
    return existing or tenant_create(slug=demo.slug, name=demo.name, owner=owner)


def _user(email: str, password: str, role: str, name: str) -> User:
    known = User.objects.filter(email=email).first()
    if known and not known.name:
        # Provisioning made the owner, and knows an address only.
        return user_update(user=known, name=name)
    return known or user_create(email=email, password=password, roles=[role], name=name)


def _token(user: User, clear: str | None) -> str:
    if clear and ApiToken.objects.filter(user=user, digest=hash_token(clear)).exists():
        return clear
    ApiToken.objects.filter(user=user, name=TOKEN_NAME).delete()
    return token_create(user=user, name=TOKEN_NAME)[1]


def _routers(demo: DemoTenant) -> None:
    known = set(Nas.objects.values_list("address", flat=True))
    for number, address in enumerate(demo.routers, start=1):
        if address not in known:
            # Debian's radclient sends no Message-Authenticator of itself.
            radius.nas_create(
                address=address,
                secret=demo.secret,
                name=f"tower-{number}",
                require_message_authenticator=False,
            )


def _plans() -> Plan:
    for fields in PLANS:
        if not Plan.objects.filter(name=fields["name"]).exists():
            radius.plan_create(**fields)
    return Plan.objects.get(name=PLANS[0]["name"])


def _subscribers(demo: DemoTenant, plan: Plan) -> None:
    for username in SUBSCRIBERS:
        if not Subscriber.objects.filter(username=username).exists():
            password = demo.password(username)
            radius.subscriber_create(username=username, password=password, plan=plan)
