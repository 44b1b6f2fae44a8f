"""Private set intersection on Curve25519, really run: what `blinded = true` stands for in a matcher.

Both sides hash their keys to points and multiply them by a secret; a point multiplied by both secrets is the same
whoever began (C. Meadows, "A more efficient cryptographic matchmaking protocol", 1986). The asker learns which of its
keys the other holds and how many that one holds; the holder learns how many it was asked for.

A hash stands here for the u-coordinate of a point, which commutes and costs what it costs: enough to measure and to
compare, not to protect anybody. For that, points are made as RFC 9380 says.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sim.content.matchers.costs import POINT
from sim.errors import ComityError

Multiply = Callable[[bytes], bytes]


class Intersection(NamedTuple):
    """keys: those of the asker that the other side holds. The rest: what it took, as in `costs.Cost`."""

    keys: frozenset[str]
    asker_multiplications: int
    holder_multiplications: int
    sent: int
    returned: int


def intersection(asked: Iterable[str], held: Iterable[str]) -> Intersection:
    """Both sides in turn. Empty keys, of which a part is missing, take no part; of equal ones one does.

    Raises ComityError where the package cryptography is not installed.
    """
    mine, theirs = (sorted({key for key in keys if key}) for keys in (asked, held))
    asker, holder = secret(), secret()
    sent = [asker(point(key)) for key in mine]
    back = [holder(blinded) for blinded in sent]
    others = sorted(holder(point(key)) for key in theirs)      # in an order that says nothing of the keys
    common = {asker(blinded) for blinded in others}
    found = frozenset(key for key, blinded in zip(mine, back, strict=True) if blinded in common)
    return Intersection(found, len(sent) + len(others), len(back) + len(others), POINT * len(sent),
                        POINT * (len(back) + len(others)))


def point(key: str) -> bytes:
    """The u-coordinate of a key."""
    return hashlib.sha256(key.encode()).digest()


def secret() -> Multiply:
    """Multiplication of points by a fresh secret."""
    try:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    except ImportError:
        raise ComityError("private set intersection: the package cryptography is not installed\n"
                          "  expected  pip install 'comity[calibrate]'") from None
    own = X25519PrivateKey.generate()
    return lambda blinded: own.exchange(X25519PublicKey.from_public_bytes(blinded))
