"""Actions as RADIUS packets (RFC 2865, 2866, 2869), by pyrad's classes."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from pyrad.dictionary import Dictionary
from pyrad.packet import AccessAccept, AccountingResponse, AcctPacket, AuthPacket, Packet

from radius.simulator.actions import Action, Answer, Login, Record, Status
from radius.simulator.shape import GIGAWORD

DICTIONARY = Dictionary(str(Path(__file__).with_name("dictionary")))
SSID = "WifiCore"


def _pairs(mac: str, size: int, separator: str) -> str:
    return separator.join(mac[i : i + size] for i in range(0, len(mac), size))


# The ways vendors write a MAC (RADIUS 3.12): the server must see one device in all of them.
MAC_STYLES: tuple[Callable[[str], str], ...] = (
    lambda mac: _pairs(mac, 2, "-"),
    lambda mac: _pairs(mac.lower(), 2, ":"),
    lambda mac: _pairs(mac.lower(), 4, "."),
    lambda mac: mac,
)


def request_packet(action: Action, packet_id: int, delay: int = 0) -> Packet:
    """Return the request of an action, not yet encoded.

    `delay` is its Acct-Delay-Time in seconds, sent by routers without Event-Timestamp only.
    """
    if isinstance(action, Login):
        return _access_request(action, packet_id)
    return _accounting_request(action, packet_id, delay)


def answer_to(request: Packet, data: bytes) -> Answer | None:
    """Return what a received packet says to `request`; None if it proves nothing.

    The Response Authenticator must be right, and an answer to a login must carry a
    Message-Authenticator (BlastRADIUS, CVE-2024-3596).
    """
    reply = request.CreateReply(packet=data)
    if not request.VerifyReply(reply, data, enforce_ma=True):
        return None
    accepted = reply.code in (AccessAccept, AccountingResponse)
    return Answer.ACCEPT if accepted else Answer.REJECT


def _access_request(login: Login, packet_id: int) -> AuthPacket:
    router = login.router
    packet = AuthPacket(
        id=packet_id,
        secret=router.secret,
        authenticator=os.urandom(16),  # RFC 2865 3: unpredictable, so not the seed's business
        dict=DICTIONARY,
    )
    packet.add_message_authenticator()
    packet["User-Name"] = login.username
    if login.chap:
        _add_chap(packet, login)
    else:
        packet["User-Password"] = packet.PwCrypt(login.password)
    packet["NAS-IP-Address"] = router.address
    packet["Calling-Station-Id"] = MAC_STYLES[router.mac_style](login.mac)
    packet["Called-Station-Id"] = _called(router.address)
    packet["NAS-Identifier"] = f"sim-{router.address}"
    packet["NAS-Port-Type"] = "Wireless-802.11"
    packet["Service-Type"] = "Framed-User"
    return packet


def _add_chap(packet: AuthPacket, login: Login) -> None:
    """RFC 2865 5.3: the challenge is the authenticator unless CHAP-Challenge is there."""
    challenge = packet.authenticator
    if login.number % 2:
        challenge = os.urandom(16)
        packet["CHAP-Challenge"] = challenge
    chap_id = bytes([login.number % 256])
    digest = hashlib.md5(chap_id + login.password.encode() + challenge).digest()
    packet["CHAP-Password"] = chap_id + digest


def _accounting_request(record: Record, packet_id: int, delay: int) -> AcctPacket:
    router = record.router
    packet = AcctPacket(id=packet_id, secret=router.secret, dict=DICTIONARY)
    packet["Acct-Status-Type"] = record.status.value
    packet["NAS-IP-Address"] = router.address
    packet["NAS-Identifier"] = f"sim-{router.address}"
    if router.stamps:
        packet["Event-Timestamp"] = record.event
    else:
        packet["Acct-Delay-Time"] = delay
    if record.status is not Status.ON:
        _add_session(packet, record)
    return packet


def _add_session(packet: AcctPacket, record: Record) -> None:
    packet["Acct-Session-Id"] = record.session
    packet["User-Name"] = record.username
    packet["Calling-Station-Id"] = MAC_STYLES[record.router.mac_style](record.mac)
    packet["Called-Station-Id"] = _called(record.router.address)
    packet["NAS-Port-Type"] = "Wireless-802.11"
    packet["Framed-IP-Address"] = record.framed_ip
    packet["Acct-Authentic"] = "RADIUS"
    if record.status is not Status.START:
        _add_counters(packet, record)
    if record.cause:
        packet["Acct-Terminate-Cause"] = record.cause


def _add_counters(packet: AcctPacket, record: Record) -> None:
    """RFC 2869 5.1: a counter past 2^32 goes on in its Gigawords."""
    packet["Acct-Session-Time"] = record.seconds
    for way, octets in (("Input", record.octets_in), ("Output", record.octets_out)):
        gigawords, rest = divmod(octets, GIGAWORD)
        packet[f"Acct-{way}-Octets"] = rest
        if gigawords:
            packet[f"Acct-{way}-Gigawords"] = gigawords


def _called(address: str) -> str:
    """Return Called-Station-Id: the access point's MAC, made of its address, and the SSID."""
    digits = "".join(f"{int(part):02X}" for part in address.split("."))
    return f"{_pairs('0600' + digits, 2, '-')}:{SSID}"
