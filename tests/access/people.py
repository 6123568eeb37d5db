"""More people than the three fixtures, for tests about who may do what."""

from typing import Any

from allauth.account.models import EmailAddress

from tests.conftest import Person, World
from wificore.access import services
from wificore.access.models import Department, Position, Site, User
from wificore.access.services import Placement
from wificore.kernel.db.context import tenant_context

JSON = "application/json"


def person_of(world: World, name: str, *roles: str, abilities: Any = None, **place: Any) -> Person:
    """A new user of alpha with these roles, and a token (perhaps a narrow one)."""
    with tenant_context(world.alpha):
        user = services.user_create(
            email=f"{name}@alpha.test",
            password=None,
            placement=Placement(roles=list(roles), **place),
        )
        token = services.token_create(user=user, name=name, abilities=abilities)[1]
    return Person(user.email, name, token, "alpha.localhost")


def narrowed(world: World, person: Person, *abilities: str) -> Person:
    """The same person through another token."""
    with tenant_context(world.alpha):
        user = User.objects.get(email=person.email)
        token = services.token_create(user=user, name="narrow", abilities=abilities)[1]
    return Person(person.email, person.role, token, person.host)


def id_of(world: World, person: Person) -> int:
    with tenant_context(world.alpha):
        return int(User.objects.get(email=person.email).pk)


def site(world: World, name: str) -> int:
    with tenant_context(world.alpha):
        return int(services.site_save(site=Site(name=name)).pk)


def department(world: World, name: str, *sites: int, active: bool = True) -> int:
    with tenant_context(world.alpha):
        row = Department(name=name, active=active)
        return int(services.department_save(department=row, sites=list(sites)).pk)


def position(world: World, department: int, title: str, **rules: Any) -> int:
    with tenant_context(world.alpha):
        row = Position(department_id=department, title=title, **rules)
        return int(services.position_save(position=row).pk)


def hold(world: World, person: Person, position: int, starts_on: Any, ends_on: Any = None) -> int:
    with tenant_context(world.alpha):
        user = User.objects.get(email=person.email)
        row = Position.objects.get(pk=position)
        held = services.assignment_create(
            user=user, position=row, starts_on=starts_on, ends_on=ends_on
        )
        return int(held.pk)


def get(person: Person, url: str, **query: Any) -> Any:
    return person.client().get(url, query)


def post(person: Person, url: str, **body: Any) -> Any:
    return person.client().post(url, body, JSON)


def patch(person: Person, url: str, **body: Any) -> Any:
    return person.client().patch(url, body, JSON)


def delete(person: Person, url: str) -> Any:
    return person.client().delete(url)


def error(answer: Any) -> tuple[int, str, list[str]]:
    """Status, code and the fields at fault."""
    shape = answer.json()["error"]
    return answer.status_code, shape["code"], list(shape["fields"])


def renumbered(user: User, number: int) -> User:
    """The same user with another id, for two users of two tenants that have the same one."""
    EmailAddress.objects.filter(user_id=user.pk).delete()
    roles = list(user.roles.all())
    user.roles.clear()
    User.objects.filter(pk=user.pk).update(id=number)
    user.pk = number
    EmailAddress.objects.create(user_id=number, email=user.email, verified=True, primary=True)
    user.roles.set(roles)
    return User.objects.get(pk=number)
