"""A tenant that is deleted takes its files along, into the archive."""

from pathlib import Path
from typing import Any

import pytest

from tests.access.people import get
from tests.conftest import Person, World
from tests.files.pictures import PDF, fetch, picture, send
from tests.files.test_attachments_api import attach, customer
from wificore.files.farewell import forget_tenant

pytestmark = pytest.mark.usefixtures("uploads")


@pytest.fixture
def archive(tmp_path: Path, settings: Any) -> Path:
    location = tmp_path / "archive"
    kind = "django.core.files.storage.FileSystemStorage"
    here = {"BACKEND": kind, "OPTIONS": {"location": location}}
    settings.STORAGES = {**settings.STORAGES, "archive": here}
    return location


def test_they_are_archived_and_gone_and_another_tenants_stay(
    world: World, owner: Person, stranger: Person, uploads: Path, archive: Path
) -> None:
    mine, theirs = attach(owner, customer(world.alpha)), attach(stranger, customer(world.beta))
    send(owner, "put", "/api/v1/settings/logo/", picture())
    for _ in range(2):
        forget_tenant("ts_alpha", "owner")
    kept = {path.name: path for path in (archive / "ts_alpha" / "uploads").iterdir()}
    assert len(kept) == 2
    assert kept[f"{mine['id']}.pdf"].read_bytes() == PDF
    assert list((uploads / "ts_alpha").iterdir()) == []
    assert fetch(mine["url"]).status == 404
    assert fetch(theirs["url"], "beta.localhost").content == PDF
    assert not (archive / "ts_beta").exists()
    assert get(stranger, "/api/v1/settings/").json()["logo"] is None
