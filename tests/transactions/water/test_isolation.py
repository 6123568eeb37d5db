"""What alpha's kiosks and tags are to beta: nothing."""

from tests.conftest import Person, World
from tests.isolation.walking import everything
from tests.transactions.water.conftest import UID, Borehole, make_kiosk, make_wallet
from transactions.water.models import Tag
from transactions.water.services import tag_bind
from wificore.kernel.db.context import tenant_context


def test_a_kiosk_of_alpha_is_nobody_on_betas_host(borehole: Borehole, stranger: Person) -> None:
    before = everything("ts_beta")
    device = borehole.device
    assert device.get().status_code == 200
    device.host = stranger.host
    for answer in (device.get(), device.authorise(), device.records(device.record())):
        assert answer.status_code == 401
    assert everything("ts_beta") == before


def test_the_same_tag_is_another_hash_in_each_tenant(borehole: Borehole, world: World) -> None:
    with tenant_context(world.beta):
        device = make_kiosk(host=world.people["stranger"].host)
        tag_bind(uid=UID, wallet=make_wallet(5))
        theirs = bytes(Tag.objects.get().uid_hash)
    with tenant_context(world.alpha):
        assert bytes(Tag.objects.get().uid_hash) != theirs
    told = device.authorise(10**9).json()
    assert told["amount_micro"] == 5_000_000


def test_the_stranger_sees_nothing_and_the_clerk_what_a_clerk_may(
    borehole: Borehole, owner: Person, clerk: Person, stranger: Person
) -> None:
    borehole.device.records(borehole.device.record())
    for path in ("kiosks", "tariffs", "tags", "water/transactions"):
        seen = [
            len(person.client().get(f"/api/v1/{path}/").json()["results"])
            for person in (owner, stranger)
        ]
        assert seen == [1, 0], path
        assert clerk.client().get(f"/api/v1/{path}/").status_code == 200
    one = f"/api/v1/kiosks/{borehole.device.public_id}/"
    assert owner.client().get(one).status_code == 200
    assert stranger.client().get(one).status_code == 404
    key = clerk.client().post(f"{one}keys/", {}, "application/json")
    assert key.status_code == 403
