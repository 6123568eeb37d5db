"""docs/asyncapi.yaml says what the catalogue says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from wificore.access.codes import TENANT_CODES
from wificore.kernel.event_kinds import kinds
from wificore.realtime.bridge.asyncapi import document, logged, messages
from wificore.realtime.bridge.channels import CATALOGUE, Channel, carried

FILE = Path(__file__).parents[3] / "docs" / "asyncapi.yaml"


def test_the_document_is_up_to_date() -> None:
    assert FILE.read_text() == document(), "run manage.py asyncapi"


def test_it_names_every_channel_with_its_permissions_and_messages() -> None:
    content = yaml.safe_load(document())
    assert content["asyncapi"] == "3.0.0"
    by_address = {channel["address"]: channel for channel in content["channels"].values()}
    assert set(by_address) == {"/api/v1/events/", *(channel.name for channel in CATALOGUE)}
    for channel in CATALOGUE:
        assert by_address[channel.name]["x-permission"] == list(channel.codes)
        assert set(by_address[channel.name]["messages"]) == {m[0] for m in messages(channel)}


def test_every_reference_leads_somewhere() -> None:
    content = yaml.safe_load(document())
    found = list(references(content))
    assert len(found) > len(CATALOGUE)
    for reference in found:
        place: Any = content
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]


def references(content: Any) -> Iterator[str]:
    """All `$ref` of a document."""
    if isinstance(content, dict):
        if "$ref" in content:
            yield content["$ref"]
        content = list(content.values())
    for part in content if isinstance(content, list) else ():
        yield from references(part)


def test_every_kind_that_a_tenant_may_read_is_in_it_with_what_it_takes() -> None:
    messages = yaml.safe_load(document())["channels"]["events"]["messages"]
    readable = {kind.type: kind.view for kind in kinds() if kind.view in TENANT_CODES}
    assert {name: message["x-permission"] for name, message in messages.items()} == readable
    on_channels = {kind.type for channel in CATALOGUE for kind in carried(channel)}
    assert on_channels <= set(readable)
    for kind in logged():
        Draft202012Validator.check_schema(kind.payload)


@pytest.mark.parametrize("channel", CATALOGUE, ids=lambda channel: channel.name)
def test_every_schema_is_one(channel: Channel) -> None:
    for _, _, schema in messages(channel):
        Draft202012Validator.check_schema(schema)
