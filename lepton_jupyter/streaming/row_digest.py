"""A position for rows of brokers that give them none."""

from __future__ import annotations

from hashlib import blake2b


def row_digest(payload: bytes) -> str:
    """A name of a row that is the same whenever it comes again: a digest of its bytes.

    Rows of equal bytes share it, and so their results, which are equal too.

    Examples
    --------
    >>> row_digest(b'{"age": 31}')
    'eb9a9c24349fc161'
    """
    return blake2b(payload, digest_size=8).hexdigest()
