"""Nobody rises by changing people: not oneself, not a friend, by no road and through no token.

The manager of these tests may change staff, departments, positions and sites, and may not change
roles or settings, refunds above a limit, or what lies at other sites.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.access.people import (
    delete,
    department,
    error,
    get,
    hold,
    id_of,
    narrowed,
    patch,
    person_of,
    position,
    post,
    site,
)
from tests.conftest import PASSWORD, Person, World
from wificore.access import services
from wificore.access.codes import BUILT_IN, CODES, Permission
from wificore.access.models import User
from wificore.access.subjects import rights_of, today_in
from wificore.kernel.db.context import tenant_context

USERS, ROLES = "/api/v1/access/users/", "/api/v1/access/roles/"
DEPARTMENTS, POSITIONS = "/api/v1/access/departments/", "/api/v1/access/positions/"
ASSIGNMENTS, SITES = "/api/v1/access/assignments/", "/api/v1/sites/"
TODAY = timezone.now().date()
DAY = timedelta(days=1)
REFUND = "water.refund.create"
REFUSED = (403, "permission_denied")


@pytest.fixture
def refund(monkeypatch: pytest.MonkeyPatch) -> str:
    """A code with a limit, which managers have; the ledger brings the first real one."""
    monkeypatch.setitem(CODES, REFUND, Permission("Refund", limit="refund_max"))
    for name in ("owner", "manager"):
        role = replace(BUILT_IN[name], codes=BUILT_IN[name].codes | {REFUND})
        monkeypatch.setitem(BUILT_IN, name, role)
    return REFUND


@pytest.fixture
def hill(world: World) -> int:
    return site(world, "Hill")


@pytest.fixture
def lake(world: World) -> int:
    return site(world, "Lake")


@pytest.fixture
def boss(world: World, hill: int) -> Person:
    """A manager who sees one of the two sites."""
    return person_of(world, "boss", "manager", extra_sites=[hill])


@pytest.fixture
def friend(world: World, hill: int) -> Person:
    return person_of(world, "friend", "cashier")


def url(world: World, person: Person) -> str:
    return f"{USERS}{id_of(world, person)}/"


def assert_refused(answer: Any) -> None:
    assert error(answer)[:2] == REFUSED, answer.content


def rights(world: World) -> Any:
    with tenant_context(world.alpha):
        ids = list(User.objects.values_list("pk", flat=True))
        return rights_of(ids, "ts_alpha")


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["owner"]},
        {"roles": ["manager", "owner"]},
        {"roles": []},
        {"is_active": False},
    ],
)
def test_a_manager_does_not_change_its_own_standing(
    world: World, boss: Person, change: dict[str, Any]
) -> None:
    before = rights(world)
    assert_refused(patch(boss, url(world, boss), **change))
    assert rights(world) == before


def test_a_manager_gives_itself_no_site_and_no_department(
    world: World, boss: Person, hill: int, lake: int
) -> None:
    by_lake, nowhere = department(world, "Lake", lake), department(world, "Nowhere")
    for change in (
        {"extra_sites": [hill, lake]},
        {"primary_department": by_lake},
        {"primary_department": nowhere},
        {"extra_departments": [{"department": by_lake}]},
    ):
        assert_refused(patch(boss, url(world, boss), **change))


def test_a_manager_may_change_its_own_name(world: World, boss: Person, hill: int) -> None:
    same = {"roles": ["manager"], "extra_sites": [hill]}
    assert patch(boss, url(world, boss), name="Boss", **same).status_code == 200


@pytest.mark.parametrize("change", [{"roles": ["owner"]}, {"roles": ["cashier", "owner"]}])
def test_a_manager_makes_no_friend_an_owner(
    world: World, boss: Person, friend: Person, change: dict[str, Any]
) -> None:
    assert_refused(patch(boss, url(world, friend), **change))
    assert_refused(post(boss, USERS, email="puppet@alpha.test", **change))


def test_a_manager_gives_a_friend_what_it_has_itself(
    world: World, boss: Person, friend: Person, hill: int
) -> None:
    change = {"roles": ["manager"], "extra_sites": [hill]}
    assert patch(boss, url(world, friend), **change).status_code == 200
    assert patch(boss, url(world, friend), roles=["cashier"]).status_code == 200


def test_a_manager_lends_a_friend_no_site_out_of_scope(
    world: World, boss: Person, friend: Person, lake: int
) -> None:
    by_lake = department(world, "Lake", lake)
    for change in (
        {"extra_sites": [lake]},
        {"primary_department": by_lake},
        {"extra_departments": [{"department": by_lake}]},
    ):
        assert_refused(patch(boss, url(world, friend), **change))
        assert_refused(post(boss, USERS, email="puppet@alpha.test", **change))


def test_not_by_a_department_that_sleeps_or_opens(
    world: World, boss: Person, friend: Person, lake: int
) -> None:
    asleep = department(world, "Asleep", lake, active=False)
    assert_refused(patch(boss, url(world, friend), primary_department=asleep))
    with tenant_context(world.alpha):
        user = User.objects.get(email=friend.email)
        services.user_update(user=user, placement=services.Placement(primary_department=asleep))
    assert_refused(patch(boss, f"{DEPARTMENTS}{asleep}/", active=True))
    assert_refused(patch(boss, f"{DEPARTMENTS}{asleep}/", sites=[]))


def test_not_by_a_site_that_sleeps_or_opens(
    world: World, owner: Person, boss: Person, friend: Person, lake: int
) -> None:
    patch(owner, f"{SITES}{lake}/", active=False)
    assert_refused(patch(boss, url(world, friend), extra_sites=[lake]))


@pytest.mark.parametrize(
    "rules",
    [
        {"grants": ["access.settings.manage"]},
        {"scope": "tenant"},
    ],
)
def test_no_position_gives_more_than_its_writer_has(
    world: World, boss: Person, friend: Person, rules: dict[str, Any]
) -> None:
    night = department(world, "Night")
    assert_refused(post(boss, POSITIONS, department=night, title="Up", **rules))
    held = position(world, night, "Down")
    hold(world, friend, held, TODAY)
    assert_refused(patch(boss, f"{POSITIONS}{held}/", **rules))
    owners = position(world, night, "Owners'", **rules)
    body = {"user": id_of(world, friend), "position": owners}
    assert_refused(post(boss, ASSIGNMENTS, **body, starts_on=str(TODAY)))
    assert_refused(post(boss, ASSIGNMENTS, **body, starts_on=str(TODAY + 30 * DAY)))
    assert_refused(delete(boss, f"{POSITIONS}{owners}/"))


def test_a_manager_does_not_edit_a_position_it_holds(world: World, boss: Person) -> None:
    night = department(world, "Night")
    held = position(world, night, "Trainee", denials=["radius.plan.*"])
    hold(world, boss, held, TODAY)
    for change in ({"denials": []}, {"grants": ["radius.plan.view"]}):
        assert_refused(patch(boss, f"{POSITIONS}{held}/", **change))
    assert patch(boss, f"{POSITIONS}{held}/", title="Learner").status_code == 200


def test_a_manager_gives_itself_no_position_and_ends_none(world: World, boss: Person) -> None:
    night = department(world, "Night")
    trainee = position(world, night, "Trainee", denials=["radius.plan.*"])
    held = hold(world, boss, trainee, TODAY - DAY)
    useful = position(world, night, "Guard", grants=["radius.nas.view"])
    body = {"user": id_of(world, boss), "position": useful, "starts_on": str(TODAY)}
    assert_refused(post(boss, ASSIGNMENTS, **body))
    assert_refused(patch(boss, f"{ASSIGNMENTS}{held}/", ends_on=str(TODAY - DAY)))
    assert_refused(delete(boss, f"{ASSIGNMENTS}{held}/"))
    assert_refused(patch(boss, f"{DEPARTMENTS}{night}/", active=False))


def test_an_acting_manager_does_not_outlast_its_days(
    world: World, owner: Person, friend: Person
) -> None:
    codes = ["access.user.view", "access.user.manage", "access.position.view",
             "access.position.manage", "radius.nas.view"]  # fmt: skip
    night = department(world, "Night")
    acting = position(world, night, "Acting manager", grants=codes)
    amina = person_of(world, "amina", "cashier")
    held = hold(world, amina, acting, TODAY, TODAY + 7 * DAY)
    assert_refused(patch(amina, f"{ASSIGNMENTS}{held}/", ends_on=None))
    guard = position(world, night, "Guard", grants=["radius.nas.view"])
    body = {"user": id_of(world, friend), "position": guard, "starts_on": str(TODAY)}
    assert_refused(post(amina, ASSIGNMENTS, **body))
    assert_refused(post(amina, ASSIGNMENTS, **body, ends_on=str(TODAY + 8 * DAY)))
    made = post(amina, ASSIGNMENTS, **body, ends_on=str(TODAY + 7 * DAY))
    assert made.status_code == 201, made.content
    assert_refused(patch(amina, f"{ASSIGNMENTS}{made.json()['id']}/", ends_on=None))
    assert patch(owner, f"{ASSIGNMENTS}{held}/", ends_on=None).status_code == 200


def test_a_limited_manager_lifts_nobodys_limit(
    world: World, owner: Person, boss: Person, friend: Person, refund: str
) -> None:
    night = department(world, "Night")
    small = position(world, night, "Till", limits={"refund_max": 100}, grants=[refund])
    hold(world, boss, small, TODAY)
    same = position(world, night, "Second till", limits={"refund_max": 100}, grants=[refund])
    held = hold(world, friend, same, TODAY)
    assert_refused(patch(boss, f"{POSITIONS}{same}/", limits={"refund_max": 101}))
    assert_refused(patch(boss, f"{POSITIONS}{same}/", limits={}))
    assert patch(boss, f"{POSITIONS}{same}/", limits={"refund_max": 99}).status_code == 200
    free = position(world, night, "Free", grants=[refund])
    other = person_of(world, "other", "cashier")
    body = {"user": id_of(world, other), "position": free, "starts_on": str(TODAY)}
    assert_refused(post(boss, ASSIGNMENTS, **body))
    assert held
    # Without the position that limits it, the role of a manager has no limit at all.
    peer = person_of(world, "peer", "manager")
    limited = hold(world, peer, small, TODAY)
    assert_refused(delete(boss, f"{ASSIGNMENTS}{limited}/"))
    assert_refused(patch(boss, f"{POSITIONS}{small}/", limits={"refund_max": 10**9}))
    assert delete(owner, f"{ASSIGNMENTS}{limited}/").status_code == 204


@pytest.mark.parametrize(
    "change",
    [
        {"email": "mine@alpha.test"},
        {"password": PASSWORD},
        {"name": "Nobody"},
        {"is_active": False},
        {"roles": []},
    ],
)
def test_a_manager_does_not_touch_an_owners_account(
    world: World, owner: Person, boss: Person, change: dict[str, Any]
) -> None:
    assert_refused(patch(boss, url(world, owner), **change))
    assert_refused(delete(boss, url(world, owner)))
    assert get(owner, "/api/v1/me/").status_code == 200


@pytest.mark.parametrize(
    "change", [{"email": "mine@alpha.test"}, {"password": PASSWORD}, {"is_active": True}]
)
def test_nor_one_that_sleeps_is_denied_for_now_or_rises_tomorrow(
    world: World, boss: Person, change: dict[str, Any]
) -> None:
    night = department(world, "Night")
    asleep = person_of(world, "asleep", "owner")
    with tenant_context(world.alpha):
        user = User.objects.get(email=asleep.email)
        services.user_update(user=user, is_active=False)
    denied = person_of(world, "denied", "owner")
    hold(world, denied, position(world, night, "Away", denials=["*"]), TODAY, TODAY + DAY)
    tomorrow = person_of(world, "tomorrow", "cashier")
    rising = position(world, night, "Rising", grants=["access.settings.manage"])
    hold(world, tomorrow, rising, TODAY + DAY)
    elsewhere = position(world, night, "Everywhere", scope="tenant")
    wide = person_of(world, "wide", "cashier")
    hold(world, wide, elsewhere, TODAY)
    for person in (asleep, denied, tomorrow, wide):
        assert_refused(patch(boss, url(world, person), **change))


def test_nor_one_of_another_site(world: World, boss: Person, lake: int) -> None:
    far = person_of(world, "far", "cashier", extra_sites=[lake])
    assert_refused(patch(boss, url(world, far), email="mine@alpha.test"))


def test_a_denial_of_an_owner_is_not_a_managers_to_give(
    world: World, owner: Person, boss: Person
) -> None:
    person_of(world, "second", "owner")
    night = department(world, "Night")
    away = position(world, night, "Away", denials=["*"])
    body = {"user": id_of(world, owner), "position": away, "starts_on": str(TODAY)}
    assert_refused(post(boss, ASSIGNMENTS, **body))
    harmless = position(world, night, "Harmless")
    hold(world, owner, harmless, TODAY)
    assert_refused(patch(boss, f"{POSITIONS}{harmless}/", denials=["access.*"]))


def test_a_role_is_changed_by_nobody_without_the_key_and_gives_no_more_than_one_has(
    world: World, owner: Person
) -> None:
    """Somebody with the key, and little else."""
    little = ["access.role.view", "access.role.manage", "access.user.view", "access.user.manage"]
    made = post(owner, ROLES, name="keys", permissions=little).json()
    keeper = person_of(world, "keeper", "keys")
    own = f"{ROLES}{made['id']}/"
    assert_refused(patch(keeper, own, permissions=[*little, "radius.nas.view"]))
    assert_refused(post(keeper, ROLES, name="more", permissions=["radius.nas.view"]))
    assert_refused(patch(keeper, url(world, keeper), roles=["owner"]))
    assert_refused(patch(keeper, url(world, owner), email="mine@alpha.test"))
    assert post(keeper, ROLES, name="less", permissions=little[:2]).status_code == 201


def test_a_narrowed_token_gives_no_more_than_it_names(
    world: World, owner: Person, friend: Person
) -> None:
    narrow = narrowed(world, owner, "access.user.view", "access.user.manage", "radius.plan.view")
    assert_refused(patch(narrow, url(world, friend), roles=["cashier", "technician"]))
    assert_refused(patch(narrow, url(world, owner), roles=["viewer"]))
    assert_refused(post(narrow, USERS, email="puppet@alpha.test", roles=["owner"]))
    assert_refused(patch(narrow, url(world, friend), password=PASSWORD))
    for change in ({"password": PASSWORD}, {"email": "thief@alpha.test"}):
        assert_refused(patch(narrow, url(world, owner), **change))
    assert post(narrow, USERS, email="plain@alpha.test", password=PASSWORD).status_code == 201
    assert patch(narrow, ROLES + "1/", title="x").status_code == 403


def test_what_was_taken_a_moment_ago_cannot_be_given_any_more(world: World) -> None:
    """The writer's rights are those under the lock, not those of when its request began."""
    person_of(world, "boss", "manager")
    with tenant_context(world.alpha):
        user = User.objects.get(email="boss@alpha.test")
        by = services.By(user.subject())
        services.user_roles_set(user=user, roles=["viewer"])
        with pytest.raises(services.NotYours):
            services.user_create(email="puppet@alpha.test", password=None, roles=["manager"], by=by)
        assert not User.objects.filter(email="puppet@alpha.test").exists()


def test_the_zone_brings_no_ended_position_back_without_the_key(world: World) -> None:
    """It is a day earlier in the far west, where a position that has ended has not ended."""
    far_east, far_west = "Pacific/Kiritimati", "Etc/GMT+12"
    with tenant_context(world.alpha):
        codes = ["access.settings.view", "access.settings.manage"]
        services.role_create(name="clerks", title="", permissions=codes)
        services.settings_update(zone=far_east)
    acting = position(world, department(world, "Night"), "Acting", grants=["radius.nas.view"])
    keeper = person_of(world, "keeper", "clerks")
    hold(world, keeper, acting, today_in(far_west) - DAY, today_in(far_west))
    assert get(keeper, "/api/v1/radius/nas/").status_code == 403
    assert_refused(patch(keeper, "/api/v1/settings/", zone=far_west))
    assert get(keeper, "/api/v1/radius/nas/").status_code == 403
