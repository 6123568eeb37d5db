"""Settings are typed and name the variable at fault."""

from pathlib import Path

import pytest

from wificore.kernel.env import Env, EnvError


def test_a_missing_variable_is_named_in_the_error() -> None:
    with pytest.raises(EnvError, match="SECRET_KEY"):
        Env({}).secret("SECRET_KEY")


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-file\n")
    assert Env({"SECRET_KEY_FILE": str(file)}).secret("SECRET_KEY") == "from-file"


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    env = Env({"SECRET_KEY": "a", "SECRET_KEY_FILE": str(tmp_path / "key")})
    with pytest.raises(EnvError, match="both set"):
        env.secret("SECRET_KEY")


def test_an_unreadable_secret_file_is_named() -> None:
    with pytest.raises(EnvError, match="SECRET_KEY_FILE cannot be read"):
        Env({"SECRET_KEY_FILE": "/nowhere/key"}).secret("SECRET_KEY")


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(EnvError, match="SECRET_KEY"):
        Env({"SECRET_KEY": ""}).secret("SECRET_KEY")


@pytest.mark.parametrize("raw", ["0", "65536", "-1", "eight"])
def test_a_port_must_be_a_port(raw: str) -> None:
    with pytest.raises(EnvError, match="WEB_PORT"):
        Env({"WEB_PORT": raw}).port("WEB_PORT", 8070)


@pytest.mark.parametrize(
    ("raw", "value"), [("1", True), ("Yes", True), ("off", False), ("", False)]
)
def test_booleans_have_their_usual_spellings(raw: str, value: bool) -> None:
    assert Env({"DEBUG": raw}).boolean("DEBUG", default=not value) is value


def test_another_word_is_no_boolean() -> None:
    with pytest.raises(EnvError, match="DEBUG must be 1 or 0"):
        Env({"DEBUG": "maybe"}).boolean("DEBUG", default=False)


def test_the_error_never_shows_the_value() -> None:
    with pytest.raises(EnvError) as caught:
        Env({"WEB_PORT": "s3cret"}).integer("WEB_PORT")
    assert "s3cret" not in str(caught.value)


def test_a_list_is_split_at_commas_and_blanks_are_dropped() -> None:
    assert Env({"HOSTS": "a, b,,"}).items("HOSTS") == ["a", "b"]
