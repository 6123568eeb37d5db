"""The same files in a bucket: below the tenant's own prefix, and served by us."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access.people import delete, get
from tests.conftest import Person, World
from tests.files.pictures import PDF, fetch, picture, send
from tests.files.test_attachments_api import attach, customer
from tests.s3 import LOGIN, bucket_in, running_s3


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with running_s3() as url:
        yield url


@pytest.fixture
def bucket(endpoint: str, settings: Any) -> Iterator[Any]:
    with bucket_in(endpoint) as store:
        options = {"bucket_name": "archive", "endpoint_url": endpoint, "location": "kept", **LOGIN}
        there = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "uploads": there}
        yield store.bucket


def keys(bucket: Any) -> list[str]:
    return sorted(item.key for item in bucket.objects.all())


def test_a_file_lies_under_its_tenants_prefix_and_goes(
    world: World, owner: Person, stranger: Person, bucket: Any
) -> None:
    url = customer(world.alpha)
    made = attach(owner, url)
    assert keys(bucket) == [f"kept/ts_alpha/{made['id']}.pdf"]
    assert fetch(made["url"]).content == PDF
    assert fetch(made["url"], "beta.localhost").status == 404
    assert delete(owner, f"{url}{made['id']}/").status_code == 204
    assert keys(bucket) == []


def test_a_logo_comes_from_our_own_host(world: World, owner: Person, bucket: Any) -> None:
    """Pages load pictures from their own host only, so no address of the bucket is given away."""
    send(owner, "put", "/api/v1/settings/logo/", picture())
    address = get(owner, "/api/v1/settings/").json()["logo"]
    assert address.startswith("/files/")
    answer = fetch(address)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")


def test_a_file_that_the_bucket_lost_is_404(world: World, owner: Person, bucket: Any) -> None:
    made = attach(owner, customer(world.alpha))
    bucket.objects.all().delete()
    assert fetch(made["url"]).status == 404
