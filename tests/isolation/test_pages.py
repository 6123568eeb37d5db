"""Every page as alpha's owner, with beta's ids on alpha's host.

The two tenants' rows have the same ids where the schema counts them, and beta has more. Nothing
that alpha's owner sends may show a word of beta's or change a row of beta's.
"""

import pytest

from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from tests.isolation import registry
from tests.isolation.filling import BETAS, Ids
from tests.isolation.walking import (
    METHODS,
    PAGES,
    assert_keys_are_registered,
    betas_shared_rows,
    content_of,
    everything,
    paths,
    send,
)


@pytest.mark.parametrize("route", PAGES)
def test_on_pages_with_betas_ids_alphas_owner_reads_and_changes_nothing_of_beta(
    world: World, owner: Person, betas_ids: Ids, route: str
) -> None:
    before = everything("ts_beta")
    shared = betas_shared_rows()
    for path in paths(route, registry.TENANT_ROUTES, betas_ids):
        for method in METHODS:
            client = sign_in(owner.host, owner.email)
            client.raise_request_exception = False
            answer = send(client, method, path)
            assert answer.status_code < 500, (method, path, content_of(answer)[:500])
            assert BETAS.encode() not in content_of(answer), (method, path)
    assert everything("ts_beta") == before
    assert betas_shared_rows() == shared
    assert_keys_are_registered()
