"""An RSA key of this run, which signs tokens with RS256; nothing of it is ever written down."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Self

EXPONENT = 65_537
PRIME_BITS = 1024
ROUNDS = 8
"""Rounds of Miller-Rabin; a random number of this size that passes them is prime but for a chance below 2**-100."""
_SMALL = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands in front of a SHA-256 digest in a signature (RFC 8017, section 9.2)."""


@dataclass(frozen=True)
class RsaKey:
    """A private key of 2048 bits."""

    modulus: int
    private_exponent: int

    @classmethod
    def generate(cls) -> Self:
        """Return a new key; takes about half a second."""
        while True:
            first, second = _prime(), _prime()
            phi = (first - 1) * (second - 1)
            if first != second and phi % EXPONENT:
                return cls(first * second, pow(EXPONENT, -1, phi))

    @property
    def size(self) -> int:
        """Bytes of the modulus, and of a signature."""
        return (self.modulus.bit_length() + 7) // 8

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message: RSASSA-PKCS1-v1_5 with SHA-256."""
        told = _SHA256 + hashlib.sha256(message).digest()
        padded = b"\x00\x01" + b"\xff" * (self.size - len(told) - 3) + b"\x00" + told
        return pow(int.from_bytes(padded), self.private_exponent, self.modulus).to_bytes(self.size)


def _prime() -> int:
    while True:
        candidate = secrets.randbits(PRIME_BITS) | (3 << (PRIME_BITS - 2)) | 1
        if all(candidate % small for small in _SMALL) and _passes(candidate):
            return candidate


def _passes(candidate: int) -> bool:
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_witnesses(candidate, odd, twos) for _ in range(ROUNDS))


def _witnesses(candidate: int, odd: int, twos: int) -> bool:
    power = pow(secrets.randbelow(candidate - 3) + 2, odd, candidate)
    if power in {1, candidate - 1}:
        return True
    for _ in range(twos - 1):
        power = power * power % candidate
        if power == candidate - 1:
            return True
    return False
