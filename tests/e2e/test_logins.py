"""Real packets: who logs in where, and who gets no answer."""

import pytest

from tests.e2e.conftest import Stack

SAME_NAMES = ("amina", "brian", "+254712345678", "O'Neil")


def password(stack: Stack, slug: str, username: str) -> str:
    subscribers = stack.tenant(slug)["subscribers"]
    return str(next(s["password"] for s in subscribers if s["username"] == username))


@pytest.mark.parametrize("username", SAME_NAMES)
@pytest.mark.parametrize(("slug", "other"), [("acme", "blue"), ("blue", "acme")])
def test_the_same_name_logs_in_with_its_own_tenants_password_only(
    stack: Stack, username: str, slug: str, other: str
) -> None:
    nas = stack.tenant(slug)["nas"][0]
    right, theirs = password(stack, slug, username), password(stack, other, username)
    login = {"User_Name": username}
    assert stack.radius("auth", nas, User_Password=right, **login) == "Access-Accept"
    assert stack.radius("auth", nas, User_Password=theirs, **login) == "Access-Reject"


def test_an_unknown_name_is_rejected(stack: Stack) -> None:
    nas = stack.tenant("acme")["nas"][0]
    answer = stack.radius("auth", nas, User_Name="nobody", User_Password="x")
    assert answer == "Access-Reject"


def test_chap_works_with_the_same_account(stack: Stack) -> None:
    nas = stack.tenant("acme")["nas"][0]
    right = password(stack, "acme", "amina")
    login = {"User_Name": "amina"}
    assert stack.radius("auth", nas, CHAP_Password=right, **login) == "Access-Accept"
    assert stack.radius("auth", nas, CHAP_Password="wrong", **login) == "Access-Reject"


def test_an_unknown_address_gets_no_answer(stack: Stack) -> None:
    nas = {**stack.tenant("acme")["nas"][0], "ip": "127.99.0.1"}
    right = password(stack, "acme", "amina")
    assert stack.radius("auth", nas, 1, User_Name="amina", User_Password=right) == ""


def test_a_wrong_router_secret_gets_no_accept(stack: Stack) -> None:
    nas = {**stack.tenant("acme")["nas"][0], "secret": "not-the-secret"}
    right = password(stack, "acme", "amina")
    answer = stack.radius("auth", nas, 1, User_Name="amina", User_Password=right)
    assert answer == ""


def test_a_realm_or_a_forged_tenant_attribute_chooses_no_tenant(stack: Stack) -> None:
    nas = stack.tenant("acme")["nas"][0]
    theirs = password(stack, "blue", "amina")
    for name in ("amina@blue", "blue/amina", "amina"):
        answer = stack.radius(
            "auth", nas, User_Name=name, User_Password=theirs, NAS_Identifier="ts_blue"
        )
        assert answer == "Access-Reject"


def test_every_attempt_is_listed_with_its_reason_in_the_own_tenant_only(stack: Stack) -> None:
    from tests.e2e.conftest import eventually

    nas = stack.tenant("acme")["nas"][1]
    name = "listed-only-in-acme"
    stack.radius("auth", nas, User_Name=name, User_Password="x")
    url = f"/api/v1/radius/logins/?username={name}"
    row = eventually(lambda: stack.api("acme", url)[1]["results"])[0]
    assert (row["accepted"], row["reason"], row["nas_address"]) == (
        False,
        "unknown user",
        nas["ip"],
    )
    assert stack.api("blue", url)[1]["results"] == []
    assert stack.api("acme", f"/api/v1/radius/logins/{row['id']}/")[1] == row
    # Row numbers overlap between tenants: the same id is nothing there, or another attempt.
    status, theirs = stack.api("blue", f"/api/v1/radius/logins/{row['id']}/")
    assert status == 404 or theirs["username"] != name
