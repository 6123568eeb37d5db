"""What an idempotent view's end means for its work, its answer and its key."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from radius.models import Plan
from radius.services import plan_create
from tests.conftest import World
from wificore.access.models import User
from wificore.jobs.models import KeptAnswer
from wificore.kernel.actor import Actor, acting_as
from wificore.kernel.api import idempotency
from wificore.kernel.api.errors import Conflict, DomainError
from wificore.kernel.api.idempotency import AnswerTooLarge, idempotent
from wificore.kernel.db.context import platform_context, tenant_context

KEY = {"HTTP_IDEMPOTENCY_KEY": "sale 17"}


class NoFunds(DomainError):
    status = 422
    code = "no_funds"


Work = Callable[[], Response]


class Till(APIView):
    """Counts how often it is called, then does as it is told."""

    authentication_classes = ()
    permission_classes = ()
    work: Any = None
    calls: Any = None

    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        self.calls.append(1)
        answer: Response = self.work()
        return answer


Post = Callable[..., Any]


@pytest.fixture
def calls() -> list[int]:
    return []


@pytest.fixture
def send(calls: list[int]) -> Post:
    """`send(work)`: a request of user 1 with the key, to a till that does this work."""

    def request(work: Work, **headers: str) -> Any:
        view = Till.as_view(work=work, calls=calls)
        sent = APIRequestFactory().post("/sales/", {}, format="json", **(headers or KEY))
        with acting_as(Actor("user", "1")):
            answer: Any = view(sent)
        return answer.render() if isinstance(answer, Response) else answer

    return request


@pytest.fixture
def post(world: World, send: Post) -> Iterator[Post]:
    """`send` for alpha; before the work's end a plan is written."""

    def request(end: Work, **headers: str) -> Any:
        def work() -> Response:
            plan_create(name="Sold")
            return end()

        return send(work, **headers)

    with tenant_context(world.alpha):
        yield request


def raises(error: Exception) -> Work:
    def end() -> Response:
        raise error

    return end


def answers_with(status: int, data: Any = None, **headers: str) -> Work:
    return lambda: Response(data, status, headers=headers)


def test_a_view_that_needs_the_key_says_so(post: Post, calls: list[int]) -> None:
    answer = post(answers_with(201), HTTP_X="1")
    assert answer.status_code == 400
    assert b"This header is required" in answer.content
    assert calls == []


@pytest.mark.parametrize("error", [NoFunds("The wallet has 3 KES."), Conflict()])
def test_a_refusal_is_the_outcome_its_work_is_undone_and_it_is_not_tried_again(
    post: Post, calls: list[int], error: Exception
) -> None:
    first, again = post(raises(error)), post(answers_with(201))
    assert first.status_code in (409, 422)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (len(calls), Plan.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "error", [ValidationError({"x": "no"}), PermissionDenied(), NotFound(), DomainError("no")]
)
def test_any_other_refusal_leaves_the_key_free(
    post: Post, calls: list[int], error: Exception
) -> None:
    assert post(raises(error)).status_code in (400, 403, 404)
    assert (KeptAnswer.objects.count(), Plan.objects.count()) == (0, 0)
    assert post(answers_with(201)).status_code == 201
    assert len(calls) == 2


def test_a_refusal_that_is_returned_keeps_what_was_written(post: Post, calls: list[int]) -> None:
    first, again = post(answers_with(422, {"state": "declined"})), post(answers_with(201))
    assert (again.status_code, again.content) == (422, first.content)
    assert (len(calls), Plan.objects.count()) == (1, 1)


@pytest.mark.parametrize("status", [400, 404, 503])
def test_any_other_error_that_is_returned_undoes_the_work(post: Post, status: int) -> None:
    assert post(answers_with(status)).status_code == status
    assert (KeptAnswer.objects.count(), Plan.objects.count()) == (0, 0)


def test_status_location_and_an_empty_body_come_back(post: Post) -> None:
    post(answers_with(204, None, Location="/sales/1/"))
    again = post(answers_with(201))
    assert (again.status_code, again.content, again["Location"]) == (204, b"", "/sales/1/")
    assert "Content-Type" not in again


def test_an_answer_without_a_bound_is_refused_and_nothing_is_done(post: Post) -> None:
    with pytest.raises(AnswerTooLarge):
        post(answers_with(201, "x" * idempotency.MAX_BYTES))
    assert (KeptAnswer.objects.count(), Plan.objects.count()) == (0, 0)


def test_the_views_own_statements_wait_as_long_as_without_a_key(post: Post) -> None:
    def timeout() -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            return Response(cursor.fetchone()[0])

    assert post(timeout).content == b'"0"'


def test_the_platform_has_keys_of_its_own(world: World, send: Post) -> None:
    with tenant_context(world.alpha):
        send(answers_with(201, "alpha's"))
    with platform_context():
        assert send(lambda: Response(User.objects.count())).status_code == 200
        again = send(answers_with(500))
        assert (again.status_code, again["Idempotent-Replay"]) == (200, "true")
        assert b"alpha" not in again.content
        assert KeptAnswer.objects.count() == 1
