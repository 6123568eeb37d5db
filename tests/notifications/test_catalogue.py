"""Every kind of notice has words in every language, and every name in them has a value."""

import fnmatch
import re
from collections.abc import Iterator

import pytest

from tests.conftest import World
from wificore.access.codes import TENANT_CODES
from wificore.access.models.organisation import Severity
from wificore.devserver.web_client import FRONTEND
from wificore.kernel import notices
from wificore.kernel.notices import CRITICAL, INFO, WARNING, Kind, kinds, notice
from wificore.notifications.models import LANGUAGES
from wificore.notifications.words import one_line, words

MISSING = "<missing %s>"
# What incidents add to a payload; `title` to those of tasks.
CONTEXT = {"site": "Hilltop", "organisation": "Acme", "title": "Visit"}


def templates() -> Iterator[tuple[str, Kind]]:
    for kind in kinds():
        yield kind.event_type, kind
        if kind.work is not None:
            yield f"{kind.event_type}.task", kind


@pytest.mark.parametrize("language", [code for code, _ in LANGUAGES])
@pytest.mark.parametrize(("name", "kind"), list(templates()))
def test_every_kind_has_words_in_every_language_and_lacks_no_name(
    name: str, kind: Kind, language: str
) -> None:
    said = words(name, language, {**kind.sample, **CONTEXT}, zone="Africa/Nairobi", missing=MISSING)
    assert said.title
    assert "missing" not in f"{said.title}{said.text}"
    assert "{" not in f"{said.title}{said.text}"
    assert said.text or name.endswith(".task")


@pytest.mark.parametrize(("name", "kind"), list(templates()))
def test_the_languages_differ_and_leave_out_no_fact(name: str, kind: Kind) -> None:
    said = [
        words(name, code, {**kind.sample, **CONTEXT}, zone="Africa/Nairobi")
        for code, _ in LANGUAGES
    ]
    assert len({one.title for one in said}) == len(said)
    # Whatever is a number, a name or an address stands in all of them.
    facts = [set(re.findall(r"\S*[\d@]\S*\w", f"{one.title} {one.text}")) for one in said]
    assert facts[0] == facts[1]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.event_type)
def test_every_kind_asks_for_a_permission_that_exists_and_leads_somewhere(
    world: World, kind: Kind
) -> None:
    assert kind.view == "" or kind.view in TENANT_CODES
    assert kind.view or kind.own, "nobody would ever hear of it"
    assert "{" not in kind.link.format(**kind.sample)
    types = [other.event_type for other in kinds()]
    assert not kind.ends or fnmatch.filter(types, kind.ends)


@pytest.mark.parametrize("kind", [k for k in kinds() if k.link], ids=lambda kind: kind.event_type)
def test_what_people_are_told_of_leads_to_a_page_of_the_web_client(kind: Kind) -> None:
    routes = (FRONTEND / "src" / "pages").glob("*/routes.ts")
    pages = [path for file in routes for path in re.findall(r"path: '([^']+)'", file.read_text())]
    numbered = [re.sub(r":\w+\([^)]*\)", r"\\d+", page) for page in pages]
    patterns = [re.sub(r":\w+", "[^/]+", page) for page in numbered]
    address = kind.link_for(kind.sample).partition("?")[0]
    assert any(re.fullmatch(pattern, address) for pattern in patterns), address


def test_severities_are_those_of_alert_routes() -> None:
    assert Severity.values == [INFO, WARNING, CRITICAL]


@pytest.mark.parametrize(
    ("event_type", "options"),
    [
        ("Nas.Silent", {}),
        ("nas", {}),
        ("tests.notice", {"severity": 15}),
        ("tests.notice", {"link": "https://elsewhere.test/"}),
        ("nas.silent", {}),
    ],
)
def test_a_kind_that_cannot_be_is_refused_while_the_program_starts(
    monkeypatch: pytest.MonkeyPatch, event_type: str, options: dict[str, object]
) -> None:
    monkeypatch.setattr(notices, "_kinds", dict(notices._kinds))
    values = {"severity": INFO, "view": "", "sample": {}, **options}
    with pytest.raises(ValueError, match=r"."):
        notice(event_type, **values)  # type: ignore[arg-type]


def test_a_name_from_a_packet_cannot_break_a_line_of_the_mail_or_speak_html() -> None:
    name = "tower\r\nBcc: all@acme.test\x1b[31m<b>"
    said = words("nas.seen", "en", one_line({"name": name, "address": "::1"}), zone="UTC")
    assert said.title == "Router tower Bcc: all@acme.test[31m<b> is back"


def test_times_are_told_in_the_organisations_zone() -> None:
    context = {"name": "x", "last_seen_at": "2026-11-21T21:30:00+00:00"}
    assert "22 Nov 00:30" in words("nas.silent", "en", context, zone="Africa/Nairobi").text
    assert "22 Nov 00:30" not in words("nas.silent", "sw", context, zone="UTC").text


def test_a_language_that_we_do_not_have_is_english() -> None:
    assert words("nas.seen", "fr", {"name": "x"}, zone="UTC").title == "Router x is back"
