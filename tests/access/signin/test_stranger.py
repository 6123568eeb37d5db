"""Every route of sign-in as somebody of alpha, on the hosts of others."""

import pytest

from tests.access.signin.people import JSON, Browser
from tests.conftest import Person, World
from tests.isolation.routes import all_routes

HOSTS = {
    "beta.localhost": ("wificore.urls_tenant", "wc_session"),
    "platform.localhost": ("wificore.urls_public", "wc_platform_session"),
}
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.mark.parametrize("host", HOSTS)
def test_alphas_sign_in_opens_no_route_of_betas_host_nor_of_the_platforms(
    world: World, owner: Person, host: str
) -> None:
    browser = Browser(owner.host)
    browser.sign_in(owner.email)
    cookie = browser.cookies["wc_session"].value
    urlconf, name = HOSTS[host]
    found = [route for route in all_routes(urlconf) if route.startswith("_allauth/")]
    assert len(found) > 40
    thief = Browser(host)
    thief.config()
    csrf = thief.cookies["csrftoken"].value
    headers = {"X-CSRFToken": csrf, "X-Session-Token": cookie}
    for route in found:
        for method in METHODS:
            thief.cookies.clear()
            thief.cookies.load({"csrftoken": csrf, name: cookie})
            path = "/" + route.replace("{provider_id}", "x")
            answer = getattr(thief, method)(path, {}, JSON, headers=headers)
            seen = (method, path, answer.status_code, answer.content[:200])
            assert answer.status_code < 500, seen
            assert owner.email not in answer.content.decode(), seen
            if "auth/session" in path and method == "get":
                assert answer.status_code in (401, 410), seen
    assert browser.get("/api/v1/me/").status_code == 200, "and it still works at home"
