"""The columns of the two spools: the contract between FreeRADIUS and the ingester.

A line is the fields joined by tabs; an absent value is an empty field. Every field is urlquoted
unless FreeRADIUS itself makes it up from digits, so a value can hold neither a tab nor a newline.
"""

SOURCE = "%{%{Packet-Src-IP-Address}:-%{Packet-Src-IPv6-Address}}"
PORT = "%{urlquote:%{%{NAS-Port-Id}:-%{NAS-Port}}}"
RECEIVED = "%l"


def _quoted(attribute: str) -> tuple[str, str]:
    return attribute, f"%{{urlquote:%{{{attribute}}}}}"


# Name of the field, and the FreeRADIUS expansion that makes it. The order is the format, version 1.
ACCOUNTING: tuple[tuple[str, str], ...] = (
    ("version", "1"),
    ("tenant", "%{control:Tenant-Id}"),
    ("received", RECEIVED),
    ("event", "%{%{integer:Event-Timestamp}:-%l}"),
    ("source", SOURCE),
    _quoted("Acct-Status-Type"),
    _quoted("Acct-Session-Id"),
    _quoted("User-Name"),
    _quoted("Calling-Station-Id"),
    _quoted("Called-Station-Id"),
    _quoted("NAS-Identifier"),
    ("NAS-Port-Id", PORT),
    _quoted("NAS-Port-Type"),
    ("Acct-Session-Time", "%{Acct-Session-Time}"),
    ("Acct-Input-Octets", "%{Acct-Input-Octets}"),
    ("Acct-Input-Gigawords", "%{Acct-Input-Gigawords}"),
    ("Acct-Output-Octets", "%{Acct-Output-Octets}"),
    ("Acct-Output-Gigawords", "%{Acct-Output-Gigawords}"),
    _quoted("Acct-Terminate-Cause"),
    ("Framed-IP-Address", "%{Framed-IP-Address}"),
    _quoted("Framed-IPv6-Address"),
    _quoted("Framed-IPv6-Prefix"),
    _quoted("Delegated-IPv6-Prefix"),
    _quoted("Framed-Interface-Id"),
    _quoted("Service-Type"),
    _quoted("Framed-Protocol"),
    _quoted("Acct-Authentic"),
    _quoted("Connect-Info"),
    ("Class", "%{Class}"),
)

LOGINS: tuple[tuple[str, str], ...] = (
    ("version", "1"),
    ("tenant", "%{control:Tenant-Id}"),
    ("received", RECEIVED),
    ("source", SOURCE),
    _quoted("User-Name"),
    ("reply", "%{reply:Packet-Type}"),
    ("reason", "%{urlquote:%{control:WC-Reason}}"),
    _quoted("Calling-Station-Id"),
    _quoted("Called-Station-Id"),
    ("NAS-Port-Id", PORT),
    _quoted("NAS-Identifier"),
)


def line_format(fields: tuple[tuple[str, str], ...]) -> str:
    """The `format` of FreeRADIUS' linelog module.

    Tabs are real ones: an escaped one would be written as backslash and t.
    """
    return "\t".join(expansion for _, expansion in fields)
