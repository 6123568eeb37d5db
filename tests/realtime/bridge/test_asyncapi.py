"""docs/asyncapi.yaml says what the catalogue says."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from wificore.realtime.bridge.asyncapi import document, messages
from wificore.realtime.bridge.channels import CATALOGUE, Channel

FILE = Path(__file__).parents[3] / "docs" / "asyncapi.yaml"


def test_the_document_is_up_to_date() -> None:
    assert FILE.read_text() == document(), "run manage.py asyncapi"


def test_it_names_every_channel_with_its_permissions_and_messages() -> None:
    content = yaml.safe_load(document())
    assert content["asyncapi"] == "3.0.0"
    by_address = {channel["address"]: channel for channel in content["channels"].values()}
    assert set(by_address) == {channel.name for channel in CATALOGUE}
    for channel in CATALOGUE:
        assert by_address[channel.name]["x-permission"] == list(channel.codes)
        assert set(by_address[channel.name]["messages"]) == {m[0] for m in messages(channel)}


def test_every_reference_leads_somewhere() -> None:
    content = yaml.safe_load(document())
    for operation in content["operations"].values():
        _, root, name = operation["channel"]["$ref"].split("/")
        assert name in content[root]


@pytest.mark.parametrize("channel", CATALOGUE, ids=lambda channel: channel.name)
def test_every_schema_is_one(channel: Channel) -> None:
    for _, _, schema in messages(channel):
        Draft202012Validator.check_schema(schema)
