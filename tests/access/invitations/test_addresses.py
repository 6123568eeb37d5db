"""Addresses, passwords and tokens of invitations: who is told what."""

from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from tests.access.invitations.links import (
    ADDRESS,
    OVER,
    Message,
    accept,
    error,
    invite,
    invited,
    person,
)
from tests.conftest import Person, World
from wificore.access import services
from wificore.access.models import Invitation
from wificore.kernel.db.context import tenant_context


@pytest.mark.parametrize("address", ["clerk@alpha.test", "CLERK@Alpha.test"])
def test_the_inviter_is_told_that_a_user_has_the_address(owner: Person, address: str) -> None:
    answer = invite(owner, email=address)
    assert error(answer) == (400, "validation_error", ["email"])
    assert "exists already" in answer.json()["error"]["message"]


def test_the_inviter_is_told_that_the_address_is_invited_already(owner: Person) -> None:
    assert invite(owner).status_code == 201
    answer = invite(owner, email=ADDRESS.upper())
    assert error(answer) == (400, "validation_error", ["email"])
    assert "invited already" in answer.json()["error"]["message"]


def test_an_expired_invitation_is_no_obstacle_to_another(world: World, owner: Person) -> None:
    assert invite(owner).status_code == 201
    with tenant_context(world.alpha):
        Invitation.objects.update(expires_at=timezone.now())
    assert invite(owner).status_code == 201


def test_strangers_learn_nothing_about_addresses(
    world: World, owner: Person, sent: list[Message]
) -> None:
    """A user of the address was made meanwhile: the answer is that of any wrong token."""
    token = invited(world, sent, owner)
    with tenant_context(world.alpha):
        services.user_create(email=ADDRESS, password=None)
    wrong, taken = accept("x" * 43), accept(token)
    assert error(wrong) == error(taken) == OVER
    same = ({**answer.json()["error"], "request_id": ""} for answer in (wrong, taken))
    assert next(same) == next(same)


@pytest.mark.parametrize("password", ["short", "12345678901", "password", ""])
def test_a_weak_password_is_refused_and_the_invitation_stays(
    world: World, owner: Person, sent: list[Message], password: str
) -> None:
    token = invited(world, sent, owner)
    assert error(accept(token, password=password)) == (400, "validation_error", ["password"])
    assert accept(token).status_code == 201


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"])
def test_the_password_is_kept_as_argon2(world: World, owner: Person, sent: list[Message]) -> None:
    assert accept(invited(world, sent, owner)).status_code == 201
    with tenant_context(world.alpha):
        user = person()
        assert user is not None
        assert user.password.startswith("argon2$argon2id$")


@pytest.mark.parametrize("token", ["", "x", "x" * 201, "\x00", "ü", None, ["a"]])
def test_what_is_no_token_is_400_and_never_500(world: World, token: Any) -> None:
    assert accept(token).status_code == 400
