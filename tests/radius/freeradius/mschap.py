"""MS-CHAP-V2's response of a client (RFC 2759 section 8)."""

import hashlib
import struct

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes


def nt_response(challenge: bytes, peer: bytes, name: str, password: str) -> bytes:
    """24 octets that prove the password."""
    digest = hashlib.sha1(peer + challenge + name.encode(), usedforsecurity=False).digest()[:8]
    key = md4(password.encode("utf-16-le")).ljust(21, b"\0")
    return b"".join(_des(key[start : start + 7], digest) for start in (0, 7, 14))


def _des(seven: bytes, block: bytes) -> bytes:
    bits = int.from_bytes(seven, "big")
    key = bytes((bits >> shift & 0x7F) << 1 for shift in range(49, -1, -7))
    encryptor = Cipher(TripleDES(key * 3), modes.ECB()).encryptor()  # noqa: S305 - RFC 2759
    return encryptor.update(block)


def md4(message: bytes) -> bytes:
    """RFC 1320; OpenSSL 3 no longer offers it."""
    length = struct.pack("<Q", len(message) * 8)
    message = message + b"\x80" + b"\0" * ((55 - len(message)) % 64) + length
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    for start in range(0, len(message), 64):
        words = struct.unpack("<16I", message[start : start + 64])
        state = [(a + b) & 0xFFFFFFFF for a, b in zip(state, _rounds(state, words), strict=True)]
    return struct.pack("<4I", *state)


ROUNDS = (
    (0, range(16), (3, 7, 11, 19), lambda x, y, z: x & y | ~x & z),
    (0x5A827999, (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13),
     lambda x, y, z: x & y | x & z | y & z),
    (0x6ED9EBA1, (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15),
     lambda x, y, z: x ^ y ^ z),
)  # fmt: skip


def _rounds(state: list[int], words: tuple[int, ...]) -> list[int]:
    a, b, c, d = state
    for constant, order, shifts, mix in ROUNDS:
        for step, index in enumerate(order):
            total = (a + mix(b, c, d) + words[index] + constant) & 0xFFFFFFFF
            shift = shifts[step % 4]
            rotated = (total << shift | total >> (32 - shift)) & 0xFFFFFFFF
            a, b, c, d = d, rotated, b, c
    return [a, b, c, d]
