"""A customer's papers: whose they are, who may see them, and until when."""

from pathlib import Path
from typing import Any

import pytest

from radius.models import Subscriber
from radius.services import plan_create, subscriber_create, subscriber_delete
from tests.access.people import delete, get, person_of
from tests.conftest import Person, World
from tests.files.pictures import PDF, SVG, fetch, picture, send
from wificore.audit.models import AuditEntry
from wificore.files import links, services
from wificore.files.models import StoredFile
from wificore.kernel.db.context import tenant_context

pytestmark = pytest.mark.usefixtures("uploads")


def customer(tenant: Any, name: str = "amina") -> str:
    with tenant_context(tenant):
        plan = plan_create(name=f"plan of {name}")
        made = subscriber_create(username=name, password="secret1", plan=plan)
    return f"/api/v1/radius/subscribers/{made.pk}/attachments/"


@pytest.fixture
def url(world: World) -> str:
    """Alpha's customer; beta has one with the same id."""
    return customer(world.alpha)


def attach(person: Person, url: str, content: bytes = PDF, name: str = "id.pdf") -> dict[str, Any]:
    answer = send(person, "post", url, content, name)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def test_what_is_attached_is_listed_fetched_and_removed(
    world: World, owner: Person, url: str, uploads: Path
) -> None:
    made = attach(owner, url)
    (row,) = get(owner, url).json()["results"]
    assert (row["id"], row["name"], row["size"]) == (made["id"], "id.pdf", len(PDF))
    assert row["created_by"] == owner.email
    answer = fetch(row["url"])
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="id.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.content == PDF
    assert [path.name for path in (uploads / "ts_alpha").iterdir()] == [f"{made['id']}.pdf"]
    assert delete(owner, f"{url}{made['id']}/").status_code == 204
    assert fetch(row["url"]).status == 404
    assert list((uploads / "ts_alpha").iterdir()) == []
    assert get(owner, url).json() == {"results": []}


def test_the_stranger_gets_nothing_by_alphas_addresses(
    world: World, owner: Person, stranger: Person, url: str
) -> None:
    made = attach(owner, url)
    assert fetch(made["url"], "beta.localhost").status == 404
    assert fetch(made["url"], client=stranger.client()).status == 404
    assert fetch(made["url"], "platform.localhost").status == 404
    # The same row and the same bytes at beta: the signature is still alpha's.
    with tenant_context(world.alpha):
        values = StoredFile.objects.values().get()
    with tenant_context(world.beta):
        # Of nobody there: beta's next customer may well have the number of alpha's.
        StoredFile.objects.create(**{**values, "subject_id": 0})
        services.FILES.save(f"{made['id']}.pdf", services.ContentFile(b"%PDF-beta"))
    assert fetch(made["url"], "beta.localhost").status == 404
    other = customer(world.beta)
    assert get(stranger, other).json() == {"results": []}
    assert delete(stranger, f"{other}{made['id']}/").status_code == 404
    assert fetch(made["url"]).content == PDF


def test_customers_are_those_of_ones_own_tenant(
    world: World, owner: Person, stranger: Person
) -> None:
    customer(world.beta, "first")
    url = customer(world.beta, "second")
    assert get(owner, url).status_code == 404
    assert send(owner, "post", url, PDF).status_code == 404
    for odd in ("0", "x", "9" * 30, "-1"):
        path = f"/api/v1/radius/subscribers/{odd}/attachments/"
        assert get(owner, path).status_code == 404


def test_every_use_needs_its_right(world: World, owner: Person, clerk: Person, url: str) -> None:
    viewer = person_of(world, "viewer", "viewer")
    made = attach(clerk, url)
    assert len(get(viewer, url).json()["results"]) == 1
    assert send(viewer, "post", url, PDF).status_code == 403
    assert delete(viewer, f"{url}{made['id']}/").status_code == 403
    assert owner.client(authorization="").get(url).status_code == 401


def test_an_address_expires(
    world: World, owner: Person, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = attach(owner, url)
    now = links.time.time()
    monkeypatch.setattr(links.time, "time", lambda: now + 9 * 60)
    assert fetch(made["url"]).status == 200
    monkeypatch.setattr(links.time, "time", lambda: now + 20 * 60)
    assert fetch(made["url"]).status == 404


def test_an_address_that_was_changed_is_nothing(world: World, owner: Person, url: str) -> None:
    token = attach(owner, url)["url"].removeprefix("/files/")
    body, _, mac = token.rpartition(":")
    later = body.rpartition(".")[0] + ".9999999999"
    for forged in (f"{later}:{mac}", body, f"{body}:", f"{body}:x", "..%2f..", "x", f"{token}x"):
        assert fetch(f"/files/{forged}").status == 404


def test_what_may_not_be_kept_is_refused_by_the_fields_name(
    world: World, owner: Person, url: str, uploads: Path
) -> None:
    for content, status in ((SVG, 400), (None, 400), (PDF + bytes(8 << 20), 413)):
        answer = send(owner, "post", url, content)
        assert answer.status_code == status, answer.content
        assert list(answer.json()["error"]["fields"]) == ["file"]
    assert send(owner, "post", url, bytes(9 << 20)).status_code == 413
    json = owner.client().post(url, {"file": "text"}, content_type="application/json")
    assert json.status_code == 415
    assert not (uploads / "ts_alpha").exists()


def test_a_customer_who_goes_takes_them_along(
    world: World, owner: Person, url: str, uploads: Path
) -> None:
    attach(owner, url)
    attach(owner, url, picture(), "photo.png")
    with tenant_context(world.alpha):
        subscriber_delete(subscriber=Subscriber.objects.get(username="amina"))
        assert not StoredFile.objects.exists()
    assert list((uploads / "ts_alpha").iterdir()) == []


def test_there_is_an_end_to_it(
    world: World, owner: Person, url: str, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_ATTACHMENTS", 1)
    attach(owner, url)
    assert send(owner, "post", url, PDF).status_code == 409
    assert len(list((uploads / "ts_alpha").iterdir())) == 1


def test_the_trail_knows_who_fetched_what(world: World, owner: Person, url: str) -> None:
    made = attach(owner, url)
    fetch(made["url"], client=owner.client())
    with tenant_context(world.alpha):
        line = AuditEntry.objects.get(action="attachment.downloaded")
    assert (line.object_id, line.new["name"]) == (made["id"], "id.pdf")  # type: ignore[index]
