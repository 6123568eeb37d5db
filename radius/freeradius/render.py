"""deploy/freeradius/ -> the directory that `freeradius -d` reads.

Templates use `@{name}`, because FreeRADIUS itself uses ${name} and %{name}. A new tree replaces the
old file by file; what no template makes any more is removed.
"""

import string
from pathlib import Path
from urllib.parse import quote, urlencode

from psycopg2.extensions import parse_dsn

from radius.freeradius import spool
from radius.freeradius.config import FreeradiusConfig
from radius.freeradius.files import write_private

TEMPLATES = Path(__file__).resolve().parents[2] / "deploy" / "freeradius"

# Cleartext-Password is moved apart: all accounts but imported ones have it (policy.conf).
PASSWORD_HASHES = (
    "NT-Password",
    "Crypt-Password",
    "MD5-Password",
    "SMD5-Password",
    "SHA-Password",
    "SSHA-Password",
    "SHA2-Password",
    "SSHA2-224-Password",
    "SSHA2-256-Password",
    "SSHA2-384-Password",
    "SSHA2-512-Password",
    "PBKDF2-Password",
    "Password-With-Header",
)

# Well-formed UTF-8 (RFC 3629 section 4) without control characters, octet by octet.
UTF8_TEXT = (
    r"^(?:[\x20-\x7e]"
    r"|[\xc2-\xdf][\x80-\xbf]"
    r"|\xe0[\xa0-\xbf][\x80-\xbf]"
    r"|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    r"|\xed[\x80-\x9f][\x80-\xbf]"
    r"|\xf0[\x90-\xbf][\x80-\xbf]{2}"
    r"|[\xf1-\xf3][\x80-\xbf]{3}"
    r"|\xf4[\x80-\x8f][\x80-\xbf]{2})+\z"
)


class ConfigTemplate(string.Template):
    """`@{name}`; an at-sign itself is `@@`."""

    delimiter = "@"
    idpattern = r"(?!)"  # never without braces
    braceidpattern = r"[a-z_]+"


def render(config: FreeradiusConfig) -> dict[str, str]:
    """File name -> content of every file of the configuration directory.

    Raises:
        ValueError: a directory's name holds a character that FreeRADIUS' parser would interpret.
    """
    values = template_values(config)
    templates = {
        path.name: ConfigTemplate(path.read_text(encoding="utf-8")).substitute(values)
        for path in sorted(TEMPLATES.iterdir())
        if path.is_file()
    }
    return {**templates, PASSWORD_FILE: password_file(config)}


def write_config(config: FreeradiusConfig) -> list[Path]:
    """Write the configuration and the directories it needs; returns the files, sorted.

    The directory is 0700 and the files 0600: one of them holds the database password.
    """
    files = render(config)
    config.config_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    config.clients_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
    for name in ("acct", "postauth"):
        (config.spool_dir / name).mkdir(mode=0o750, parents=True, exist_ok=True)
    for stale in set(config.config_dir.iterdir()) - {config.config_dir / name for name in files}:
        if stale.is_file():
            stale.unlink()
    for name, content in files.items():
        write_private(config.config_dir / name, content, 0o600)
    return [config.config_dir / name for name in sorted(files)]


def template_values(config: FreeradiusConfig) -> dict[str, str]:
    return {
        "config_dir": _directory(config.config_dir),
        "clients_dir": _directory(config.clients_dir),
        "spool_dir": _directory(config.spool_dir),
        "lib_dir": _directory(config.lib_dir),
        "dictionary_dir": _directory(config.dictionary_dir),
        "threads": str(config.threads),
        "client_lifetime": str(config.client_lifetime),
        "query_timeout": str(config.query_timeout),
        "conninfo": conninfo(config),
        "listeners": listeners(config),
        "text": UTF8_TEXT,
        "hash_moves": "\n".join(_hash_move(name) for name in PASSWORD_HASHES),
        "accounting_format": spool.line_format(spool.ACCOUNTING),
        "logins_format": spool.line_format(spool.LOGINS),
    }


def conninfo(config: FreeradiusConfig) -> str:
    """libpq's connection URI. Percent-encoded throughout, so no quoting of FreeRADIUS can bite.

    Without the password, which is in a file of its own: radiusd logs the whole URI at its start.

    Every way to wait is bounded: connecting, a statement on the server, and a peer that vanished.
    """
    options = {
        "statement_timeout": f"{config.statement_timeout * 1000:.0f}",
        "lock_timeout": f"{config.statement_timeout * 1000:.0f}",
        # The one statement of a login is a key look-up: nothing to gain, milliseconds to lose.
        "jit": "off",
    }
    given = parse_dsn(config.database_url)
    given.pop("password", None)
    parameters = {
        "application_name": "freeradius",
        "client_encoding": "UTF8",
        "connect_timeout": str(config.connect_timeout),
        "tcp_user_timeout": str(config.query_timeout * 1000),
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
        "passfile": str(config.config_dir / PASSWORD_FILE),
    } | given
    return f"postgresql:///?{urlencode(parameters, quote_via=quote, safe='')}"


def password_file(config: FreeradiusConfig) -> str:
    r"""libpq's password file: one line for whatever is connected to, `:` and `\\` escaped."""
    password = parse_dsn(config.database_url).get("password", "")
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    return f"*:*:*:*:{escaped}\n"


def listeners(config: FreeradiusConfig) -> str:
    """`*` listens on all addresses of both families; else the one address (IPv4 or IPv6)."""
    hosts = ("0.0.0.0", "::") if config.host == "*" else (config.host,)  # noqa: S104 - asked for
    return "\n\n".join(
        part
        for host in hosts
        for part in (
            _listener(host, config.auth_port, AUTH),
            _listener(host, config.acct_port, ACCOUNTING),
        )
    )


PASSWORD_FILE = "pgpass"

AUTH = ("type = auth",)

# Accounting never waits behind logins: while the database hangs, all threads may wait for it
# (rlm_sql reconnects one by one, under a lock, two seconds each). So the main thread itself writes
# the line and answers. Such a listener must not look for duplicates (their list belongs to the
# thread pool); a repeat is a second line with the same content, which the ingester ignores.
ACCOUNTING = (
    "type = acct",
    "performance {",
    "\tskip_duplicate_checks = yes",
    "\tsynchronous = yes",
    "}",
)


def _listener(host: str, port: int, lines: tuple[str, ...]) -> str:
    option, family = ("ipv6addr", "ipv6") if ":" in host else ("ipaddr", "ipv4")
    body = (f"{option} = {host}", f"port = {port}", f"clients = {family}", *lines)
    return "\n".join(["\tlisten {", *(f"\t\t{line}" for line in body), "\t}"])


def _hash_move(name: str) -> str:
    return (
        f"\t\tif (&reply:{name}) {{\n"
        "\t\t\tupdate {\n"
        f"\t\t\t\t&control:{name} := &reply:{name}\n"
        f"\t\t\t\t&reply:{name} !* ANY\n"
        "\t\t\t}\n"
        "\t\t}"
    )


def _directory(path: Path) -> str:
    text = str(path.absolute())
    if any(character in text for character in '"\\$%`\n'):
        raise ValueError(f'{text}: FreeRADIUS cannot use a directory with one of " \\ $ % ` in it')
    return text
