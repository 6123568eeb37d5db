"""What the user sees when everything runs: addresses, logins, and lines to paste."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

Row = tuple[str, str]


def table(stack: Mapping[str, Any]) -> str:
    """The content of stack.json for human eyes."""
    rows = list(_rows(stack))
    width = max(len(label) for label, _ in rows)
    rule = "-" * 78
    lines = [f"  {label:<{width}}  {text}".rstrip() for label, text in rows]
    return "\n".join(["", rule, *lines, rule, ""])


def _rows(stack: Mapping[str, Any]) -> Iterator[Row]:
    port = urlsplit(stack["web"]["url"]).port
    platform = stack.get("platform")
    if platform:
        yield from _site("platform", platform["host"], port, platform)
    for tenant in stack.get("tenants", []):
        yield from _site(tenant["slug"], tenant["host"], port, tenant.get("owner", {}))
    yield "PostgreSQL", "make psql"
    yield "Redis", stack["redis"]["url"]
    if "metrics" in stack:
        yield "metrics", f"{stack['metrics']['url']}/metrics"
    if "sms" in stack:
        yield "texts (SMS)", f"{stack['sms']['url']}/messages"
    yield "logs", f"{stack['var']}/logs/"
    line = radius_line(stack)
    if line:
        yield "RADIUS test", line


def _site(name: str, host: str, port: int | None, login: Mapping[str, Any]) -> Iterator[Row]:
    base = f"http://{host}:{port}"
    yield name, f"{base}/admin/"
    yield "", f"{login.get('email')}  /  {login.get('password')}"
    yield "", f"{base}/api/docs/"


def radius_line(stack: Mapping[str, Any]) -> str | None:
    """A command that logs one demo subscriber in, from the address of one demo router."""
    for tenant in stack.get("tenants", []):
        if "freeradius" in stack["processes"] and tenant.get("nas") and tenant.get("subscribers"):
            router, subscriber = tenant["nas"][0], tenant["subscribers"][0]
            packet = (
                f"User-Name={subscriber['username']},User-Password={subscriber['password']},"
                f"Packet-Src-IP-Address={router['ip']},Message-Authenticator=0x00"
            )
            server = f"{stack['radius']['host']}:{stack['radius']['auth_port']}"
            return f"echo '{packet}' | radclient {server} auth {router['secret']}"
    return None
