"""One use of every service of access."""

from datetime import date, timedelta
from typing import Any
from unittest import mock

from allauth.usersessions.models import UserSession

from tenants.hooks import Owner
from tests.audit.registering import SECRETS, inside, of
from tests.conftest import World
from wificore.access import services as access
from wificore.access.mfa import services as mfa
from wificore.access.models import (
    AlertRoute,
    Department,
    Invitation,
    Position,
    SignInProvider,
    Site,
    User,
)
from wificore.access.signin import lockout
from wificore.access.signin import services as signin
from wificore.access.sso import services as sso
from wificore.access.support import services as support
from wificore.access.support.models import SupportSession
from wificore.kernel.db.context import platform_context, tenant_context

TODAY = date(2026, 11, 21)


def user() -> User:
    return access.user_create(email="new@alpha.test", password=SECRETS[0], roles=["cashier"])


def department() -> Department:
    return access.department_save(department=Department(name="Night"))


def position() -> Position:
    return access.position_save(position=Position(department=department(), title="Guard"))


def site() -> Site:
    return access.site_save(site=Site(name="Tower"))


def route() -> AlertRoute:
    key = department().pk
    return access.alert_route_save(route=AlertRoute(event_type="session.*"), departments=[key])


@of("wificore.access.services.users.user_create")
def user_create(world: World) -> None:
    with inside(world):
        user()


@of("wificore.access.services.users.user_save")
def user_save(world: World) -> None:
    with inside(world):
        changed = user()
        changed.name = "Amina"
        access.user_save(user=changed)


@of("wificore.access.services.users.user_password_set")
def user_password_set(world: World) -> None:
    with inside(world):
        access.user_password_set(user=user(), password=SECRETS[2])


@of("wificore.access.services.users.user_phone_set")
def user_phone_set(world: World) -> None:
    with inside(world):
        access.user_phone_set(user=user(), phone="0712 345 678")


@of("wificore.access.services.users.user_delete")
def user_delete(world: World) -> None:
    with inside(world):
        gone = user()
        access.token_create(user=gone, name="reports")
        access.user_delete(user=gone)


@of("wificore.access.services.users.user_remove")
def user_remove(world: World) -> None:
    with inside(world):
        access.user_remove(user=user())


@of("wificore.access.services.users.seed_owner")
def seed_owner(world: World) -> None:
    with tenant_context(world.alpha):
        access.seed_owner(world.alpha, Owner("second@alpha.test", SECRETS[0]).hashed(), "owner")


@of("wificore.access.services.tokens.token_create")
def token_create(world: World) -> None:
    with inside(world):
        access.token_create(user=user(), name="reports", abilities=["radius.plan.view"])


@of("wificore.access.services.tokens.token_revoke")
def token_revoke(world: World) -> None:
    with inside(world):
        access.token_revoke(token=access.token_create(user=user(), name="reports")[0])


@of("wificore.access.services.users.user_update")
def user_update(world: World) -> None:
    with inside(world):
        access.user_update(user=user(), name="Amina")


@of("wificore.access.services.users.user_roles_set")
def user_roles_set(world: World) -> None:
    with inside(world):
        access.user_roles_set(user=user(), roles=["viewer"])


@of("wificore.access.services.roles.role_create")
def role_create(world: World) -> None:
    with inside(world):
        access.role_create(name="night", title="Night", permissions=["radius.plan.view"])


@of("wificore.access.services.roles.role_update")
def role_update(world: World) -> None:
    with inside(world):
        role = access.role_create(name="night", title="Night")
        access.role_update(role=role, permissions=["radius.plan.view"])


@of("wificore.access.services.roles.role_delete")
def role_delete(world: World) -> None:
    with inside(world):
        access.role_delete(role=access.role_create(name="night", title="Night"))


@of("wificore.access.services.organisation.settings_update")
def settings_update(world: World) -> None:
    with inside(world):
        access.settings_update(zone="Africa/Nairobi")
        access.settings_update(zone="UTC")


@of("wificore.access.services.organisation.site_save")
def site_save(world: World) -> None:
    with inside(world):
        site()


@of("wificore.access.services.organisation.site_delete")
def site_delete(world: World) -> None:
    with inside(world):
        access.site_delete(site=site())


@of("wificore.access.services.organisation.department_save")
def department_save(world: World) -> None:
    with inside(world):
        access.department_save(department=department(), sites=[site().pk])


@of("wificore.access.services.organisation.department_delete")
def department_delete(world: World) -> None:
    with inside(world):
        access.department_delete(department=department())


@of("wificore.access.services.positions.position_save")
def position_save(world: World) -> None:
    with inside(world):
        position()


@of("wificore.access.services.positions.position_delete")
def position_delete(world: World) -> None:
    with inside(world):
        access.position_delete(position=position())


@of("wificore.access.services.positions.assignment_create")
def assignment_create(world: World) -> None:
    with inside(world):
        access.assignment_create(user=user(), position=position(), starts_on=TODAY)


@of("wificore.access.services.positions.assignment_end")
def assignment_end(world: World) -> None:
    with inside(world):
        held = access.assignment_create(user=user(), position=position(), starts_on=TODAY)
        access.assignment_end(assignment=held, on=TODAY + timedelta(days=1))


@of("wificore.access.services.positions.assignment_update")
def assignment_update(world: World) -> None:
    with inside(world):
        held = access.assignment_create(user=user(), position=position(), starts_on=TODAY)
        access.assignment_update(assignment=held, ends_on=TODAY + timedelta(days=1))


@of("wificore.access.services.positions.seed_organisation")
def seed_organisation(world: World) -> None:
    with tenant_context(world.alpha):
        owner = Owner("second@alpha.test", SECRETS[0]).hashed()
        access.seed_organisation(world.alpha, owner, "owner")


@of("wificore.access.services.alerts.alert_route_save")
def alert_route_save(world: World) -> None:
    with inside(world):
        route()


@of("wificore.access.services.alerts.alert_route_delete")
def alert_route_delete(world: World) -> None:
    with inside(world):
        access.alert_route_delete(route=route())


def invitation() -> Invitation:
    """Its mail is not sent."""
    with mock.patch("wificore.access.services.invitations._send"):
        return access.invitation_create(
            email="invited@alpha.test",
            inviter=User.objects.get(email="owner@alpha.test"),
            page=access.Page("http://alpha.localhost", "Alpha"),
        )


@of("wificore.access.services.invitations.invitation_create")
def invitation_create(world: World) -> None:
    with inside(world):
        invitation()


@of("wificore.access.services.invitations.invitation_resend")
def invitation_resend(world: World) -> None:
    with inside(world), mock.patch("wificore.access.services.invitations._send"):
        page = access.Page("http://alpha.localhost", "Alpha")
        access.invitation_resend(invitation=invitation(), page=page)


@of("wificore.access.services.invitations.invitation_revoke")
def invitation_revoke(world: World) -> None:
    with inside(world):
        access.invitation_revoke(invitation=invitation())


@of("wificore.access.services.invitations.invitation_token")
def invitation_token(world: World) -> None:
    with inside(world):
        with mock.patch("secrets.token_urlsafe", return_value=SECRETS[1]):
            access.invitation_token(invitation=invitation())


@of("wificore.access.services.invitations.invitation_accept")
def invitation_accept(world: World) -> None:
    with inside(world):
        token = access.invitation_token(invitation=invitation())
        access.invitation_accept(token=token, password=SECRETS[0])


def session(world: World) -> SupportSession:
    with platform_context(), mock.patch("secrets.token_urlsafe", return_value=SECRETS[1]):
        operator = User.objects.get(email="operator@platform.test")
        return support.session_open(
            tenant=world.alpha, role="viewer", reason="to look", operator=operator
        )[0]


@of("wificore.access.support.services.session_open")
def session_open(world: World) -> None:
    session(world)


@of("wificore.access.support.services.session_end")
def session_end(world: World) -> None:
    support.session_end(session=session(world), by="operator@platform.test")


@of("wificore.access.support.services.session_end_here")
def session_end_here(world: World) -> None:
    opened = session(world)
    with inside(world):
        support.session_end_here(session=opened, by="owner@alpha.test")


@of("wificore.access.support.services.sessions_watch")
def sessions_watch(world: World) -> None:
    opened = session(world)
    with platform_context():
        SupportSession.objects.filter(pk=opened.pk).update(expires_at=opened.created_at)
        support.sessions_watch()


@of("wificore.access.support.services.forget_tenant")
def forget_support_sessions(world: World) -> None:
    session(world)
    with platform_context():
        support.forget_tenant(world.alpha.schema_name, "owner")


@of("wificore.access.signin.services.sign_ins_revoke")
def sign_ins_revoke(world: World) -> None:
    with inside(world):
        UserSession.objects.create(user=user(), ip="192.0.2.1", session_key="k" * 32)
        signin.sign_ins_revoke(rows=UserSession.objects.all())


@of("wificore.access.signin.services.account_unlock")
def account_unlock(world: World) -> None:
    with inside(world):
        locked = user()
        lockout.begin(locked.email)
        assert signin.account_unlock(user=locked)


def provider(**changes: Any) -> SignInProvider:
    """Makes whoever signs in by it a clerk."""
    config = {"issuer": "https://sign-in.example.com", "client_id": "wificore"}
    wanted = {"create_users": True, "role_map": [{"group": "till", "role": "cashier"}], **changes}
    return sso.provider_create(
        kind="oidc", slug="sso", name="Company", secret=SECRETS[0], config=config, **wanted
    )


@of("wificore.access.sso.services.provider_create")
def provider_create(world: World) -> None:
    with inside(world):
        provider()


@of("wificore.access.sso.services.provider_update")
def provider_update(world: World) -> None:
    with inside(world):
        sso.provider_update(provider=provider(), secret=SECRETS[2], active=False)


@of("wificore.access.sso.services.provider_save")
def provider_save(world: World) -> None:
    with inside(world):
        sso.provider_save(provider=provider(), secret=SECRETS[2])


@of("wificore.access.sso.services.provider_delete")
def provider_delete(world: World) -> None:
    with inside(world):
        sso.provider_delete(provider=provider())


@of("wificore.access.sso.services.provider_sign_in")
def provider_sign_in(world: World) -> None:
    person = sso.Person("subject", "sso@alpha.test", groups=["till"])
    with inside(world):
        sso.provider_sign_in(provider=provider(), person=person)


@of("wificore.access.mfa.services.policy_set")
def policy_set(world: World) -> None:
    with inside(world):
        mfa.policy_set(mfa_roles=["owner"])
