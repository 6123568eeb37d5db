"""Files of a schema: no name leads to another one's."""

from typing import Any

import pytest
from django.core.files.base import ContentFile

from tests.conftest import World
from wificore.kernel.db.context import ContextRequired, platform_context, tenant_context
from wificore.kernel.files import BadName, SchemaFiles

FILES = SchemaFiles("exports")


pytestmark = pytest.mark.usefixtures("exports")


def content(name: str) -> bytes:
    with FILES.open(name) as file:
        return file.read()


def test_one_name_in_three_schemas_is_three_files(world: World) -> None:
    for place, text in (
        (tenant_context(world.alpha), b"alpha"),
        (tenant_context(world.beta), b"beta"),
        (platform_context(), b"platform"),
    ):
        with place:
            FILES.save("a.csv", ContentFile(text))
    with tenant_context(world.alpha):
        assert content("a.csv") == b"alpha"
        FILES.delete("a.csv")
        assert not FILES.exists("a.csv")
        with pytest.raises(FileNotFoundError):
            FILES.open("a.csv")
    with tenant_context(world.beta):
        assert (content("a.csv"), FILES.names()) == (b"beta", ["a.csv"])
    with platform_context():
        assert content("a.csv") == b"platform"


@pytest.mark.parametrize(
    "name",
    [
        "../ts_beta/a.csv",
        "ts_beta/../../ts_beta/a.csv",
        "/etc/passwd",
        "..",
        ".",
        "",
        ".hidden",
        "a/b",
        "a\\b",
        "a\0b",
        "a\n",
        "a" * 121,
        "é",
    ],
)
def test_whatever_is_no_plain_name_is_refused(world: World, name: str) -> None:
    with tenant_context(world.beta):
        FILES.save("a.csv", ContentFile(b"beta"))
    with tenant_context(world.alpha):
        for work in (FILES.open, FILES.delete, FILES.exists, FILES.written_at):
            with pytest.raises(BadName):
                work(name)
        with pytest.raises(BadName):
            FILES.save(name, ContentFile(b"x"))


def test_a_file_is_replaced_and_not_doubled(world: World) -> None:
    with tenant_context(world.alpha):
        for text in (b"one", b"two"):
            FILES.save("a.csv", ContentFile(text))
        assert (content("a.csv"), FILES.names()) == (b"two", ["a.csv"])


def test_what_somebody_else_wrote_meanwhile_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(world.alpha):
        FILES.save("a.csv", ContentFile(b"theirs"))
        monkeypatch.setattr(FILES._store, "delete", lambda _path: None)
        with pytest.raises(FileExistsError):
            FILES.save("a.csv", ContentFile(b"mine"))
        assert content("a.csv") == b"theirs"


def test_without_a_context_there_is_no_file(world: World) -> None:
    for work in (FILES.names, lambda: FILES.open("a.csv")):
        with pytest.raises(ContextRequired):
            work()


@pytest.mark.parametrize("schema", ["..", "", "pg_catalog", "ts_a/../ts_b"])
def test_only_a_schema_of_ours_is_forgotten(schema: Any) -> None:
    with pytest.raises(BadName):
        FILES.forget(schema)
