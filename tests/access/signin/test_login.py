"""Signing in with a password, as the web client does it."""

from tests.access.signin.people import Browser
from tests.conftest import PASSWORD, Person


def test_the_right_password_signs_in_and_the_cookie_opens_the_api(owner: Person) -> None:
    browser = Browser(owner.host)
    answer = browser.sign_in(owner.email)
    assert answer.status_code == 200, answer.content
    assert answer.json()["data"]["user"]["email"] == owner.email
    me = browser.get("/api/v1/me/")
    assert me.json()["email"] == owner.email
    assert PASSWORD not in answer.content.decode()
