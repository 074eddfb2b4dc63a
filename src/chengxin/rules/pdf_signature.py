"""PDF 电子签名: an invisible signature added to a PDF as one more revision, and its check. Pure.

ISO 32000-1, 12.8, and ETSI EN 319 142-1 (PAdES baseline B-B): the signature covers every byte of the file but itself.
It reads what our own typesetter writes, a table of plain objects; any other PDF is refused, never half signed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chengxin.rules import cms

_HOLE = re.compile(rb"/ByteRange\[(\d{10}) (\d{10}) (\d{10}) (\d{10})\]/Contents<([0-9a-f]+)>")
_REASON = re.compile(rb"/Reason<([0-9a-f]+)>")
Holds = Callable[[bytes, bytes], bool]


class Unsignable(ValueError):
    """The PDF is not one that our typesetter makes."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs what: the number of the document, the name and key of the signer, the moment that is written down."""

    number: str
    name: str
    at: datetime
    public_key: bytes
    sign: cms.Sign


def signed(pdf: bytes, signing: Signing) -> bytes:
    """Return a PDF with its signature; the same PDF and moment give the same bytes. Raises Unsignable."""
    try:
        revised = _revised(pdf, signing)
    except (ValueError, IndexError) as fault:
        raise Unsignable from fault
    hole = _last_hole(revised)
    assert hole is not None
    start, end = hole.start(5) - 1, hole.end(5) + 1
    numbers = b" ".join(b"%010d" % each for each in (0, start, end, len(revised) - end))
    ranged = revised[: hole.start(1)] + numbers + revised[hole.end(4) :]
    digest = hashlib.sha512(ranged[:start] + ranged[end:]).digest()
    made = cms.signature(digest, signing.public_key, signing.name, signing.sign)
    return ranged[: start + 1] + made.hex().encode() + ranged[end - 1 :]


def signed_number(pdf: bytes, holds: Holds) -> str | None:
    """Return the number a PDF was signed under, or None if its last revision is not signed by this key, whole.

    ``holds`` tells whether a signature (second) over a message (first) is of the key that is trusted.
    """
    hole = _last_hole(pdf)
    if hole is None:
        return None
    first, start, end, rest = (int(each) for each in hole.groups()[:4])
    if (first, start, end, end + rest) != (0, hole.start(5) - 1, hole.end(5) + 1, len(pdf)):
        return None
    try:
        digest = hashlib.sha512(pdf[:start] + pdf[end:]).digest()
        pairs = cms.to_be_held(bytes.fromhex(hole.group(5).decode()), digest)
    except ValueError:
        return None
    reason = _REASON.search(pdf, hole.end())
    if reason is None or not all(holds(message, value) for message, value in pairs):
        return None
    return bytes.fromhex(reason.group(1).decode())[2:].decode("utf-16-be")


def _last_hole(pdf: bytes) -> re.Match[bytes] | None:
    at = pdf.rfind(b"/ByteRange[")
    return _HOLE.match(pdf, at) if at >= 0 else None


def _revised(pdf: bytes, signing: Signing) -> bytes:
    """Return the PDF with one more revision that holds an empty signature of the first page's field."""
    table = int(_found(rb"startxref\n(\d+)\n%%EOF\s*$", pdf).group(1))
    trailer = _found(rb"trailer\n<<(.*)>>\nstartxref", pdf[table:]).group(1)
    size, root = (int(_found(rb"/%s (\d+)" % key, trailer).group(1)) for key in (b"Size", b"Root"))
    catalog = _object(pdf, table, root)
    page = _first_page(pdf, table, int(_found(rb"/Pages (\d+) 0 R", catalog).group(1)))
    value, field = size, size + 1
    objects = {
        root: _with(catalog, b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>" % field),
        page: _annotated(_object(pdf, table, page), field),
        value: _value(signing),
        field: b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature)/F 132/Rect[0 0 0 0]/P %d 0 R/V %d 0 R>>"
        % (page, value),
    }
    return _appended(pdf, objects, table, trailer.replace(b"/Size %d" % size, b"/Size %d" % (size + 2)))


def _found(pattern: bytes, text: bytes) -> re.Match[bytes]:
    match = re.search(pattern, text, re.DOTALL)
    if match is None:
        raise Unsignable
    return match


def _object(pdf: bytes, table: int, number: int) -> bytes:
    """Return the text of an object by its line in the table; one that has a stream is none of those we ask for."""
    head = _found(rb"xref\n0 \d+\n", pdf[table : table + 40])
    line = table + head.end() + 20 * number
    at = int(pdf[line : line + 10])
    start = b"%d 0 obj\n" % number
    text = pdf[at : pdf.index(b"\nendobj", at)]
    if not text.startswith(start + b"<<") or not text.endswith(b">>"):
        raise Unsignable
    return text[len(start) :]


def _first_page(pdf: bytes, table: int, number: int) -> int:
    text = _object(pdf, table, number)
    while b"/Kids[" in text:
        number = int(_found(rb"/Kids\[(\d+) 0 R", text).group(1))
        text = _object(pdf, table, number)
    return number


def _with(dictionary: bytes, entry: bytes) -> bytes:
    return dictionary[:-2] + entry + b">>"


def _annotated(page: bytes, field: int) -> bytes:
    if b"/Annots" in page:  # Our sheets have no links; a page that has is not ours to change.
        raise Unsignable
    return _with(page, b"/Annots[%d 0 R]" % field)


def _value(signing: Signing) -> bytes:
    zeros = b" ".join([b"0" * 10] * 4)
    room = len(cms.signature(bytes(64), signing.public_key, signing.name, lambda _message: bytes(64)))
    moment = f"{signing.at:%Y%m%d%H%M%S}Z".encode()
    reason, name = (("\ufeff" + each).encode("utf-16-be").hex().encode() for each in (signing.number, signing.name))
    head = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[%s]/Contents<%s>" % (
        zeros,
        b"0" * 2 * room,
    )
    return head + b"/M(D:%s)/Name<%s>/Reason<%s>>>" % (moment, name, reason)


def _appended(pdf: bytes, objects: dict[int, bytes], table: int, trailer: bytes) -> bytes:
    made, places = bytearray(pdf.rstrip(b"\n") + b"\n"), {}
    for number, text in sorted(objects.items()):
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    start = len(made)
    made += b"xref\n"
    for number, place in places.items():
        made += b"%d 1\n%010d 00000 n\r\n" % (number, place)
    made += b"trailer\n<<%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, table, start)
    return bytes(made)
