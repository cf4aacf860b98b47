"""In what encoding a text file is written: marked, UTF-8, or the likeliest of those people still have."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What bytes that are not UTF-8 are compared with: the old encodings of the most people.
_CANDIDATES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "shift_jis", "gb18030", "big5", "euc_kr", "euc_jp"]
#: What is taken where nothing can be told apart, as in a few letters.
_FALLBACK = "cp1252"


def find_encoding(sample: bytes) -> str | None:
    r"""Name of the encoding of a text, or None if the bytes are no text.

    Parameters
    ----------
    sample : bytes
        How it begins; may end within a character.

    Returns
    -------
    encoding : str or None
        A codec of Python's; ``utf-8-sig`` where a mark says so.

    Examples
    --------
    >>> find_encoding("größe,preis\n".encode()), find_encoding("größe;straße\n".encode("cp1252"))
    ('utf-8', 'cp1252')
    >>> find_encoding(b"\x00\x01\x02\x03") is None
    True
    """
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    wide = _without_mark(sample)
    if wide is not None:
        return wide
    if b"\x00" in sample:
        return None
    if is_utf8(sample):
        return "utf-8"
    return likeliest_encoding(sample)


def likeliest_encoding(sample: bytes) -> str:
    """The likeliest encoding of a text that is known not to be UTF-8.

    Parameters
    ----------
    sample : bytes

    Returns
    -------
    encoding : str
        By charset-normalizer where that is installed, else ``cp1252``, in which any byte means something.
    """
    # ASCII tells nothing: the lines with other bytes are what is to be judged.
    telling = b"\n".join(line for line in sample.splitlines() if not line.isascii())[:65536]
    if _reads_as_western(telling):
        return _FALLBACK
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return _FALLBACK
    best = from_bytes(telling, cp_isolation=_CANDIDATES, threshold=0.3).best()
    return _FALLBACK if best is None else str(best.encoding)


def is_utf8(sample: bytes) -> bool:
    """Whether the bytes are UTF-8, a last character that is cut off allowed.

    Parameters
    ----------
    sample : bytes

    Returns
    -------
    is_utf8 : bool
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _reads_as_western(telling: bytes) -> bool:
    """Whether the bytes make plausible words of Western Europe: in a few cells no detector can tell its neighbours."""
    try:
        text = telling.decode(_FALLBACK)
    except UnicodeDecodeError:
        return False
    if re.search(r"[^\W\d_][¹³¿¼½¾¦§¶±£¥¯][^\W\d_]|[þðýÞÐÝ]", text):  # ł, ż, ą of Polish, or ş, ğ, ı of Turkish
        return False
    letters = [letter for letter in text if letter.isalpha()]
    return sum(not letter.isascii() for letter in letters) < 0.35 * max(1, len(letters))


def _without_mark(sample: bytes) -> str | None:
    """UTF-16 whose mark is missing: of Latin letters every second byte is zero."""
    head = sample[:4096]
    if len(head) < 4 or b"\x00" not in head:
        return None
    even, odd = head[0::2], head[1::2]
    if odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.6 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None
