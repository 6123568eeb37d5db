"""Signatures, as an independent implementation of Standard Webhooks reads them."""

import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from wificore.webhooks.signing import new_secret, sign

BODY = '{"type":"plan.created","data":{"name":"Zahabu ☀"}}'.encode()


def headers(*secrets: str, timestamp: int | None = None) -> dict[str, str]:
    at = timestamp or int(time.time())
    signature = sign(secrets, "9031", at, BODY)
    return {"webhook-id": "9031", "webhook-timestamp": str(at), "webhook-signature": signature}


def test_the_stock_library_verifies_what_we_sign() -> None:
    secret = new_secret()
    assert Webhook(secret).verify(BODY, headers(secret))["type"] == "plan.created"


def test_it_is_the_signature_of_the_specifications_example() -> None:
    """The test vector of the specification's reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_two_secrets_live_each_of_them_verifies() -> None:
    new, old = new_secret(), new_secret()
    signed = headers(new, old)
    assert signed["webhook-signature"].count("v1,") == 2
    for secret in (new, old):
        Webhook(secret).verify(BODY, signed)


def test_another_secret_another_body_and_an_old_time_do_not_verify() -> None:
    secret = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers(secret))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers(secret))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, headers(secret, timestamp=int(time.time()) - 3600))


def test_a_secret_is_never_given_twice() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
