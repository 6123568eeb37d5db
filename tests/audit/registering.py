"""Where scenarios are registered, and what they share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.conftest import World
from wificore.kernel.db.context import tenant_context

Scenario = Callable[[World], None]

# Texts that may never be found in an event or an audit line.
SECRETS = ("hush-password", "hush-router-secret", "hush-other", "aHVzaC1wYXNzd29yZC1odXNo")

SCENARIOS: dict[str, Scenario] = {}


def of(name: str) -> Callable[[Scenario], Scenario]:
    """Register the scenario of the service with this full name."""

    def register(scenario: Scenario) -> Scenario:
        SCENARIOS[name] = scenario
        return scenario

    return register


@contextmanager
def inside(world: World) -> Iterator[None]:
    with tenant_context(world.alpha):
        yield
