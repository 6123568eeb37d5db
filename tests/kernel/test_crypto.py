"""Stored secrets are sealed, bound to their key, and rotate."""

import base64

import pytest
from pytest_django import Settings

from wificore.kernel import crypto

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_secret_comes_back_as_it_was(settings: Settings) -> None:
    settings.FIELD_KEYS = {"k1": OLD}
    assert crypto.decrypt(crypto.encrypt("s3cret ✓")) == "s3cret ✓"


def test_the_same_secret_never_looks_the_same_twice(settings: Settings) -> None:
    settings.FIELD_KEYS = {"k1": OLD}
    assert crypto.encrypt("x") != crypto.encrypt("x")


def test_old_secrets_are_read_after_a_new_key_came_first(settings: Settings) -> None:
    settings.FIELD_KEYS = {"k1": OLD}
    stored = crypto.encrypt("x")
    settings.FIELD_KEYS = {"k2": NEW, "k1": OLD}
    assert crypto.decrypt(stored) == "x"
    assert crypto.encrypt("x").startswith("k2:")


def test_an_altered_secret_is_refused(settings: Settings) -> None:
    settings.FIELD_KEYS = {"k1": OLD}
    key_id, encoded = crypto.encrypt("x").split(":")
    raw = bytearray(base64.b64decode(encoded))
    raw[-1] ^= 1
    with pytest.raises(crypto.DecryptionError):
        crypto.decrypt(f"{key_id}:{base64.b64encode(raw).decode()}")


def test_an_unknown_key_id_is_named(settings: Settings) -> None:
    settings.FIELD_KEYS = {"k1": OLD}
    with pytest.raises(crypto.DecryptionError, match="'k9'"):
        crypto.decrypt("k9:AAAA")


@pytest.mark.parametrize("text", ["", "k1", "k1:short", ":" + base64.b64encode(OLD).decode()])
def test_malformed_keys_are_refused_with_their_format(text: str) -> None:
    with pytest.raises(ValueError, match="FIELD_KEYS must be"):
        crypto.parse_keys(text)
