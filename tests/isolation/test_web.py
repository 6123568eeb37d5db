"""A real gunicorn, whose threads and connections serve one tenant after the other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from radius.models import Plan
from radius.services import plan_create
from tenants.middleware import tenant_middleware
from tests.conftest import Person, World
from tests.web import Line, running_web
from wificore.kernel.api.middleware import context_reset_middleware
from wificore.kernel.db.context import peek, tenant_context

THREADS, REQUESTS = 8, 500
PLANS = "/api/v1/radius/plans/"


@pytest.fixture
def plans(world: World) -> None:
    """One plan in each tenant, with the tenant's name."""
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            plan_create(name=f"plan of {tenant.slug}")


def test_eight_threads_of_alternating_requests_never_see_the_other_tenant(
    plans: None, owner: Person, stranger: Person, tmp_path: Path
) -> None:
    """8 x 500 over persistent connections; every tenth has no right to what it asks for."""
    environment = {"WEB_WORKERS": "2", "WEB_THREADS": "2", "LOG_LEVEL": "ERROR"}
    with running_web(tmp_path / "web.log", **environment) as port:
        with ThreadPoolExecutor(THREADS) as pool:
            asked = partial(wrong_answers, port, owner, stranger, REQUESTS)
            found = list(pool.map(asked, range(THREADS)))
    assert found == [[]] * THREADS


def wrong_answers(
    port: int, owner: Person, stranger: Person, requests: int, thread: int
) -> list[Any]:
    """Ask as both tenants in turn on one connection; what was not the asking tenant's own."""
    people = {"alpha": owner, "beta": stranger}
    line, wrong = Line(port), []
    for number in range(requests):
        slug, other = ("alpha", "beta") if (number + thread) % 2 else ("beta", "alpha")
        thief = number % 10 == 0
        token = people[other if thief else slug].token
        path = PLANS if number % 3 else "/api/v1/me/"
        answer = line.get(f"{slug}.localhost", path, Authorization=f"Token {token}")
        if (answer.status, _whose(answer)) != ((401, None) if thief else (200, slug)):
            wrong.append((slug, path, answer))
    line.close()
    return wrong


def _whose(answer: Any) -> str | None:
    content = answer.json()
    if "error" in content:
        return None
    if "tenant" in content:
        return str(content["tenant"]["slug"])
    (plan,) = content["results"]
    return str(plan["name"]).removeprefix("plan of ")


def test_a_lazy_queryset_that_leaves_its_context_reads_no_tenant_at_all(
    plans: None, world: World
) -> None:
    with tenant_context(world.alpha):
        leaving = Plan.objects.all()
    with pytest.raises(Exception, match="radius_plan"):
        list(leaving)


def test_a_queryset_reads_the_tenant_in_which_it_is_evaluated(plans: None, world: World) -> None:
    """Known and documented (TENANCY 1, L8): evaluate where it is made."""
    with tenant_context(world.alpha):
        evaluated = list(Plan.objects.all())
        leaving = Plan.objects.all()
    with tenant_context(world.beta):
        assert [plan.name for plan in leaving] == ["plan of beta"]
    assert [plan.name for plan in evaluated] == ["plan of alpha"]


def test_a_streaming_answer_reads_no_tenant_after_the_middleware_ended(
    plans: None, world: World
) -> None:
    def stream(_request: Any) -> StreamingHttpResponse:
        def rows() -> Iterator[str]:
            yield from (plan.name for plan in Plan.objects.all())

        return StreamingHttpResponse(rows())

    handle = context_reset_middleware(tenant_middleware(stream))
    answer = handle(RequestFactory().get("/x", headers={"host": "alpha.localhost"}))
    assert isinstance(answer, StreamingHttpResponse)
    assert peek() is None
    with pytest.raises(Exception, match="radius_plan"):
        list(answer)
    with tenant_context(world.beta), pytest.raises(Exception):  # noqa: B017, PT011
        # The generator is finished: whoever reads on gets nothing, of nobody.
        next(iter(answer))


def test_iterating_on_after_a_switch_goes_on_with_the_first_tenants_rows(
    world: World,
) -> None:
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            for number in range(10):
                plan_create(name=f"{tenant.slug} {number}")
    seen = []
    with tenant_context(world.alpha):
        rows = Plan.objects.iterator(chunk_size=2)
        seen += [next(rows).name, next(rows).name]
    with tenant_context(world.beta):
        assert Plan.objects.filter(name__startswith="alpha").count() == 0
        seen += [plan.name for plan in rows]
    assert {name.split()[0] for name in seen} == {"alpha"}


def test_an_exception_in_a_request_leaves_the_next_one_its_own_tenant(
    plans: None, world: World
) -> None:
    def explode(_request: Any) -> Any:
        list(Plan.objects.all())
        raise ZeroDivisionError

    def look(_request: Any) -> Any:
        return [plan.name for plan in Plan.objects.all()]

    def through(view: Any, host: str) -> Any:
        request = RequestFactory().get("/x", headers={"host": host})
        return context_reset_middleware(tenant_middleware(view))(request)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            through(explode, "alpha.localhost")
        assert peek() is None
        assert through(look, "beta.localhost") == ["plan of beta"]
