"""ACCESS' named cases, through the real services and the real database."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tests.conftest import Person, TenantDb, World
from wificore.access import services
from wificore.access.checks import visible
from wificore.access.codes import CODES, KEY, Permission
from wificore.access.decide import Decision, Record, decide
from wificore.access.models import AlertRoute, ApiToken, Department, Position, Role, Site, User
from wificore.access.services import LastOwner, Placement
from wificore.kernel.db.context import tenant_context

TODAY = timezone.now().date()
DAY = timedelta(days=1)
SELL, REFUND = "radius.subscriber.manage", "water.refund.create"
JSON = "application/json"


@pytest.fixture
def inside(world: World) -> Iterator[None]:
    with tenant_context(world.alpha):
        yield


@pytest.fixture
def refund(monkeypatch: pytest.MonkeyPatch) -> str:
    """Water brings the first codes with a limit and with separation of duties."""
    permission = Permission("Refund", limit="refund_max", other_hands=True)
    monkeypatch.setitem(CODES, REFUND, permission)
    monkeypatch.setattr("wificore.access.services.roles.TENANT_CODES", frozenset(CODES))
    return REFUND


def person(*roles: str, email: str = "temp@alpha.test", **placed: Any) -> User:
    placement = Placement(roles=roles, **placed)
    return services.user_create(email=email, password=None, placement=placement)


def post(title: str = "Post", **rules: Any) -> Position:
    department, _ = Department.objects.get_or_create(name="Shop")
    return services.position_save(position=Position(department=department, title=title, **rules))


def give(user: User, position: Position, starts: date = TODAY, ends: date | None = None) -> None:
    services.assignment_create(user=user, position=position, starts_on=starts, ends_on=ends)


def ask(user: User, code: str, record: Record | None = None, token: Any = None) -> Decision:
    """As the next request would: the user is read anew."""
    return decide(User.objects.get(pk=user.pk).subject(), token, code, record or Record())


def test_a_trainees_position_denies_what_the_cashiers_role_allows(inside: None) -> None:
    trainee = person("cashier")
    assert ask(trainee, SELL).allowed
    give(trainee, post("Trainee", denials=["radius.subscriber.manage"]))
    assert (ask(trainee, SELL).allowed, ask(trainee, SELL).reason) == (False, "position")
    assert ask(trainee, "radius.subscriber.view").allowed


def test_of_two_positions_one_grants_and_one_denies_so_it_is_denied(inside: None) -> None:
    user = person()
    give(user, post("Giver", grants=["radius.nas.view"]))
    assert ask(user, "radius.nas.view").allowed
    give(user, post("Taker", denials=["radius.nas.*"]))
    assert ask(user, "radius.nas.view").reason == "position"
    assert not ask(user, "radius.nas.view").allowed


def test_an_acting_position_ends_at_midnight_of_the_tenants_zone(
    inside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Nairobi midnight is 21:00 UTC; nothing is written, and what is cached stays."""
    last = date(2026, 11, 30)
    try:
        services.settings_update(zone="Africa/Nairobi")
        acting = person()
        give(acting, post("Acting", grants=["radius.nas.view"]), date(2026, 11, 1), last)
        for moment, allowed in (
            (datetime(2026, 10, 31, 20, 59, 59, tzinfo=UTC), False),
            (datetime(2026, 10, 31, 21, 0, tzinfo=UTC), True),
            (datetime(2026, 11, 30, 20, 59, 59, tzinfo=UTC), True),
            (datetime(2026, 11, 30, 21, 0, tzinfo=UTC), False),
        ):
            monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
            assert ask(acting, "radius.nas.view").allowed is allowed, moment
    finally:
        monkeypatch.undo()
        services.settings_update(zone="UTC")


def test_a_tokens_ability_narrows_an_allowed_user_and_never_grants(inside: None) -> None:
    user = person("cashier")
    token, _ = services.token_create(
        user=user, name="t", abilities=["radius.plan.view", "radius.nas.manage"]
    )
    token = ApiToken.objects.get(pk=token.pk)
    assert ask(user, "radius.plan.view", token=token).allowed
    assert ask(user, SELL, token=token).reason == "token"
    assert ask(user, SELL).allowed
    assert ask(user, "radius.nas.manage", token=token).reason == "default"


def sites(*names: str) -> list[int]:
    return [services.site_save(site=Site(name=name)).pk for name in names]


def routes(*places: int) -> None:
    shop, _ = Department.objects.get_or_create(name="Shop")
    for site in places:
        route = AlertRoute(event_type="nas.down", site_id=site)
        services.alert_route_save(route=route, departments=[shop.pk])


def seen(user: User) -> set[Any]:
    subject = User.objects.get(pk=user.pk).subject()
    return set(visible(AlertRoute.objects.all(), subject).values_list("site_id", flat=True))


def test_no_department_and_no_sites_is_an_empty_list(inside: None) -> None:
    tower, well = sites("Tower", "Well")
    routes(tower, well)
    nobody = person("manager")
    assert seen(nobody) == set()
    decision = ask(nobody, "access.site.manage", Record(site=tower))
    assert (decision.allowed, decision.reason) == (False, "scope")
    assert seen(User.objects.get(email="owner@alpha.test")) == {tower, well}


def test_exactly_one_department_is_no_shortcut_to_full_access(inside: None) -> None:
    tower, well = sites("Tower", "Well")
    routes(tower, well)
    only = services.department_save(department=Department(name="Only"), sites=[tower])
    member = person("manager", primary_department=only.pk)
    assert seen(member) == {tower}
    assert ask(member, "access.site.manage", Record(site=tower)).allowed
    assert ask(member, "access.site.manage", Record(site=well)).reason == "scope"
    assert ask(person("manager", email="two@alpha.test"), "tenants.tenant.view").reason == "default"


def test_one_department_without_sites_sees_nothing_either(inside: None) -> None:
    routes(*sites("Tower"))
    empty = services.department_save(department=Department(name="Empty"), sites=[])
    assert seen(person("manager", primary_department=empty.pk)) == set()


def test_a_refund_of_ones_own_sale_is_denied_and_so_is_one_above_the_limit(
    inside: None, refund: str
) -> None:
    services.role_create(name="refunder", title="Refunder", permissions=[refund])
    cashier = person("refunder")
    give(cashier, post("Till", limits={"refund_max": 5_000_000}))
    own, other = str(cashier.pk), str(cashier.pk + 1)
    for maker, amount, allowed, reason in (
        (other, 5_000_000, True, "role"),
        (other, 5_000_001, False, "limit"),
        (own, 1, False, "self"),
        (None, 1, True, "role"),
    ):
        decision = ask(cashier, refund, Record(maker=maker, amount_micro=amount))
        assert (decision.allowed, decision.reason) == (allowed, reason)


def test_the_same_user_id_in_two_tenants_with_a_warm_cache(world: World) -> None:
    """Alpha's owner of this id may change plans; beta's viewer of the same id may not."""
    with tenant_context(world.alpha):
        boss = person("owner")
        boss.refresh_from_db()
    with tenant_context(world.beta):
        User.objects.filter(pk=boss.pk).delete()
        viewer = User(pk=boss.pk, email="temp@beta.test")
        services.user_save(user=viewer, placement=Placement(roles=["viewer"]))
        _, theirs = services.token_create(user=viewer, name="t")
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            User.objects.filter(pk=boss.pk).update(authz_version=1_000_000)
    with tenant_context(world.alpha):
        _, ours = services.token_create(user=boss, name="t")
    alphas = Person("temp@alpha.test", "owner", ours, "alpha.localhost").client()
    betas = Person("temp@beta.test", "viewer", theirs, "beta.localhost").client()
    for _ in range(2):
        assert alphas.get("/api/v1/radius/plans/").status_code == 200
        assert alphas.post("/api/v1/radius/plans/", {}, JSON).status_code == 400
        assert betas.get("/api/v1/radius/plans/").status_code == 200
        assert betas.post("/api/v1/radius/plans/", {}, JSON).status_code == 403


def test_an_owner_with_a_denying_position_is_denied(inside: None, owner: Person) -> None:
    user = User.objects.get(email=owner.email)
    client = owner.client()
    assert client.post("/api/v1/radius/plans/", {}, JSON).status_code == 400
    give(user, post("Retired", denials=["radius.*"]))
    assert ask(user, "radius.plan.manage").reason == "position"
    assert client.post("/api/v1/radius/plans/", {}, JSON).status_code == 403
    assert ask(user, KEY).allowed


# Removing the last owner's power, by every way there is.


def boss() -> User:
    return User.objects.get(email="owner@alpha.test")


def take_the_role() -> None:
    services.user_roles_set(user=boss(), roles=["manager"])


def deactivate() -> None:
    services.user_update(user=boss(), is_active=False)


def delete() -> None:
    services.user_delete(user=boss())


def deny_by_a_new_assignment() -> None:
    give(boss(), post("No", denials=["access.*"]))


def deny_from_a_future_date() -> None:
    give(boss(), post("No", denials=[KEY]), TODAY + 40 * DAY)


def deny_for_one_future_day() -> None:
    give(boss(), post("No", denials=["*"]), TODAY + 40 * DAY, TODAY + 40 * DAY)


def edit_a_position_that_is_held() -> None:
    held = post("Director")
    give(boss(), held)
    held.denials = ["access.role.*"]
    services.position_save(position=held)


def edit_a_position_that_will_be_held() -> None:
    held = post("Director")
    give(boss(), held, TODAY + 3 * DAY)
    held.denials = ["access.role.*"]
    services.position_save(position=held)


def reopen_the_department_of_a_denying_position() -> None:
    closed = services.department_save(department=Department(name="Closed", active=False))
    denying = Position(department=closed, title="No", denials=["*"])
    give(boss(), services.position_save(position=denying))
    closed.active = True
    services.department_save(department=closed)


def second(*roles: str) -> User:
    """Another one who holds the key, which the first then gives up."""
    other = person(*roles)
    services.user_roles_set(user=boss(), roles=[])
    return other


def edit_the_last_role_with_the_key() -> None:
    role = services.role_create(name="keeper", title="Keeper", permissions=[KEY])
    second("keeper")
    services.role_update(role=role, permissions=[])


def delete_the_second_after_the_first_gave_up() -> None:
    services.user_delete(user=second("owner"))


def leave_it_to_one_who_is_denied_later() -> None:
    other = person("owner")
    give(other, post("No", denials=["access.*"]), TODAY + 5 * DAY)
    services.user_roles_set(user=boss(), roles=[])


def end_the_one_before_the_other_begins() -> None:
    """On the days between nobody would hold it."""
    other = person("owner")
    give(other, post("No", denials=["*"]), TODAY, TODAY + 5 * DAY)
    give(boss(), post("Neither", denials=["*"]), TODAY + 5 * DAY)


WAYS: tuple[Callable[[], None], ...] = (
    take_the_role,
    deactivate,
    delete,
    deny_by_a_new_assignment,
    deny_from_a_future_date,
    deny_for_one_future_day,
    edit_a_position_that_is_held,
    edit_a_position_that_will_be_held,
    reopen_the_department_of_a_denying_position,
    edit_the_last_role_with_the_key,
    delete_the_second_after_the_first_gave_up,
    leave_it_to_one_who_is_denied_later,
    end_the_one_before_the_other_begins,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_removing_the_last_owners_power_is_refused(
    world: World, tenant_db: TenantDb, way: Callable[[], None]
) -> None:
    with tenant_db(world.alpha):
        with pytest.raises(LastOwner):
            way()


def test_the_last_owners_power_is_refused_over_the_admin_as_well(
    world: World, owner: Person
) -> None:
    from tests.access.test_admin_sign_in import sign_in

    with tenant_context(world.alpha):
        key = boss().pk
        manager = Role.objects.get(name="manager").pk
    page = sign_in(owner.host, owner.email)
    form = {"email": owner.email, "name": "", "roles": [manager], "is_active": "on"}
    answer = page.post(f"/admin/access/user/{key}/change/", {**form, "_save": "Save"}, follow=True)
    assert b"last active owner" in answer.content
    with tenant_context(world.alpha):
        assert ask(boss(), KEY).allowed


def test_a_second_owner_frees_the_first(world: World, tenant_db: TenantDb) -> None:
    with tenant_db(world.alpha):
        person("owner")
        with transaction.atomic():
            take_the_role()
        assert not ask(boss(), KEY).allowed
