"""A router added through the API works without restart; removed, it stops."""

from typing import Any

from tests.e2e.conftest import Stack, eventually

# Twice FreeRADIUS' lifetime of a dynamic client, which is 30 s.
LIFETIME_S = 90.0


def accepted(stack: Stack, nas: dict[str, Any]) -> bool:
    subscriber = stack.tenant("acme")["subscribers"][0]
    answer = stack.radius(
        "auth", nas, 1, User_Name=subscriber["username"], User_Password=subscriber["password"]
    )
    return answer == "Access-Accept"


def test_a_router_comes_and_goes_without_restart(stack: Stack) -> None:
    nas = {"ip": "127.7.7.7", "secret": "brand-new-secret"}
    assert not accepted(stack, nas)
    before = stack.running.process.pid, stack.contract["processes"]["freeradius"]
    body = {"address": nas["ip"], "secret": nas["secret"], "name": "new"}
    status, row = stack.api("acme", "/api/v1/radius/nas/", "POST", body)
    assert status == 201
    eventually(lambda: accepted(stack, nas))

    assert stack.api("acme", f"/api/v1/radius/nas/{row['id']}/", "DELETE")[0] == 204
    eventually(lambda: not accepted(stack, nas), LIFETIME_S)
    assert before == (stack.running.process.pid, stack.contract["processes"]["freeradius"])


def test_two_tenants_cannot_claim_one_address(stack: Stack) -> None:
    taken = stack.tenant("acme")["nas"][0]["ip"]
    status, answer = stack.api(
        "blue", "/api/v1/radius/nas/", "POST", {"address": taken, "secret": "brand-new-secret"}
    )
    assert (status, answer["error"]["code"]) == (409, "address_taken")
