"""What the web client calls permissions, in every language that it speaks."""

import json

import pytest

from wificore.access.codes import CODES
from wificore.devserver import web_client


@pytest.mark.parametrize("language", ["en", "sw"])
def test_every_permission_has_a_name_and_no_name_is_left_over(language: str) -> None:
    file = web_client.FRONTEND / "src" / "pages" / "roles" / f"{language}.json"
    words = json.loads(file.read_text(encoding="utf-8"))
    named = {
        f"{app}.{thing}.{deed}"
        for app, things in words["code"].items()
        for thing, deeds in things.items()
        for deed in deeds
    }
    assert named == set(CODES)
    assert set(words["app"]) >= {code.split(".")[0] for code in CODES}
