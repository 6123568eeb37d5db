"""Mail servers with TLS, the SMS provider's simulator, and people who get mail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import certificates
from tests.certificates import Certificates
from tests.conftest import World
from tests.notifications.mailserver import Office, office
from wificore.notifications.sms.africastalking import simulator
from wificore.notifications.sms.africastalking.simulator import Simulator

API_KEY = "hush-api-key"


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("mail-tls"))


@pytest.fixture
def trusted(tls: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process trusts the tests' authority, as machines trust public ones."""
    file = tmp_path / "authority.pem"
    file.write_text(tls.authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.fixture(scope="session")
def starttls_server(tls: Certificates) -> Iterator[Office]:
    with office(tls) as server:
        yield server


@pytest.fixture(scope="session")
def tls_server(tls: Certificates) -> Iterator[Office]:
    with office(tls, implicit=True) as server:
        yield server


@pytest.fixture(scope="session")
def plain_server() -> Iterator[Office]:
    with office(None) as server:
        yield server


@pytest.fixture
def mail(world: World, starttls_server: Office) -> Iterator[Office]:
    """A server with STARTTLS whose box is empty."""
    starttls_server.messages.clear()
    starttls_server.refusing = False
    yield starttls_server
    starttls_server.refusing = False


@pytest.fixture
def provider(world: World) -> Iterator[Simulator]:
    """Africa's Talking, as far as a test needs it."""
    with simulator.running(API_KEY) as running:
        yield running
