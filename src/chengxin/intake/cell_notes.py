"""批注: writes notes into the cells of an XLSX workbook as it is; every other part of the file stays byte for byte.

No library opens a workbook and closes it without losing something, so only the parts that hold notes are put in or
replaced. Those are written by the library that writes our other workbooks (ECMA-376-1, 18.7 and 19.4).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO
from xml.etree import ElementTree as Xml

import xlsxwriter

Place = tuple[int, int]
"""Row and column of a cell, both counted from 0."""
AUTHOR = "诚信 Chengxin"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = b"http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "[Content_Types].xml"
_KINDS = ("comments", "vmlDrawing")
_CONTENTS = ("spreadsheetml.comments+xml", "vmlDrawing")
_RELATION = f'Relationship Id="{{}}" Type="{_OFFICE}/{{}}" Target="/{{}}"'
_TYPE = 'Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.{}"'
_PART_BYTES, _NOTE_CHARACTERS = 16 << 20, 32_000
_TAG = re.compile(rb"<(/?)(?:[\w.-]+:)?([A-Za-z]\w*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")
_DATA_ENDS = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>|<(?:[\w.-]+:)?sheetData\s*/>")
# The parts of a sheet that come after the drawing of its notes, in the order of the schema.
_AFTER = frozenset(
    {b"legacyDrawingHF", b"picture", b"oleObjects", b"controls", b"webPublishItems", b"tableParts", b"extLst"}
)
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_OTHERS = (Xml.ParseError, NotImplementedError, RuntimeError)


class Unsuited(Exception):
    """The workbook is put together in a way in which notes cannot be added without touching anything else."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a cell."""

    text: str
    author: str = AUTHOR


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet's part and the parts that hold its notes, "" where it has none yet."""

    part: str
    comments: str
    drawing: str


def write(file: IO[bytes], sheet: str, notes: Mapping[Place, str]) -> bytes:
    """Return a workbook with notes on cells of the named sheet, after those that the cells have already.

    Raises Unsuited.
    """
    try:
        with zipfile.ZipFile(file) as book:
            return _written(book, sheet, notes)
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, ValueError, StopIteration, *_OTHERS) as fault:
        raise Unsuited from fault


def _written(book: zipfile.ZipFile, name: str, notes: Mapping[Place, str]) -> bytes:
    sheet = _sheet(book, name)
    comments, drawing = _parts(_together(_standing(book, sheet), notes))
    if sheet.comments:
        return _copied(book, {sheet.comments: comments, sheet.drawing: drawing})
    names = set(book.namelist())
    new = {_free(names, "xl/comments{}.xml"): comments, _free(names, "xl/drawings/vmlDrawing{}.vml"): drawing}
    path = _relations_of(sheet.part)
    relations = _small(book, path) if path in names else b'<Relationships xmlns="%s"></Relationships>' % _RELATIONS
    keys = _keys(relations)
    return _copied(
        book,
        {
            **new,
            sheet.part: _with_drawing(book.read(sheet.part), keys[1]),
            path: _with_each(relations, _RELATION, zip(keys, _KINDS, new, strict=True)),
            _CONTENT_TYPES: _with_each(_small(book, _CONTENT_TYPES), _TYPE, zip(new, _CONTENTS, strict=True)),
        },
    )


def _sheet(book: zipfile.ZipFile, name: str) -> _Sheet:
    """Find the part of a sheet by its name, and what holds its notes."""
    root = _parsed(book, "_rels/.rels")
    main = next(each.get("Target", "") for each in root if each.get("Type") == f"{_OFFICE}/officeDocument")
    workbook = posixpath.normpath(main.lstrip("/"))
    listed = _parsed(book, workbook).iter(f"{{{_MAIN}}}sheet")
    key = next((each.get(f"{{{_OFFICE}}}id") for each in listed if each.get("name") == name), None)
    targets = {each.get("Id"): each.get("Target", "") for each in _parsed(book, _relations_of(workbook))}
    part = _resolved(workbook, targets[key])
    path = _relations_of(part)
    relations = _parsed(book, path) if path in book.namelist() else ()
    by_kind = {each.get("Type", "").rpartition("/")[2]: each.get("Target", "") for each in relations}
    comments, drawing = by_kind.get("comments", ""), by_kind.get("vmlDrawing", "")
    if bool(comments) != bool(drawing):
        # A drawing without notes holds buttons or the picture of a header; it is not ours to write anew.
        raise Unsuited
    return _Sheet(part, *(_resolved(part, each) if each else "" for each in (comments, drawing)))


def _standing(book: zipfile.ZipFile, sheet: _Sheet) -> dict[Place, Note]:
    """Return the notes that a sheet has; raises Unsuited when its drawing holds anything else beside them."""
    if not sheet.comments:
        return {}
    shapes = re.findall(rb"ObjectType\s*=\s*[\"'](\w+)[\"']", _small(book, sheet.drawing))
    if set(shapes) - {b"Note"}:
        raise Unsuited
    root = _parsed(book, sheet.comments)
    authors = ["".join(each.itertext()) for each in root.iter(f"{{{_MAIN}}}author")]
    found = {}
    for each in root.iter(f"{{{_MAIN}}}comment"):
        text = "".join(part.text or "" for part in each.iter(f"{{{_MAIN}}}t"))
        found[_place(each.get("ref", ""))] = Note(text, authors[int(each.get("authorId", "0"))])
    return found


def _together(standing: Mapping[Place, Note], notes: Mapping[Place, str]) -> dict[Place, Note]:
    whole = dict(standing)
    for place, text in notes.items():
        before = standing.get(place)
        whole[place] = Note(f"{before.text}\n{text}", before.author) if before else Note(text)
    return whole


def _parts(notes: Mapping[Place, Note]) -> tuple[bytes, bytes]:
    """Return the two parts that hold notes, written by the library into a workbook of their own."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for (row, column), note in notes.items():
            lines = sum(1 + len(line) // 24 for line in note.text.splitlines())
            look = {"author": note.author, "width": 360, "height": 30 + 20 * min(lines, 24)}
            sheet.write_comment(row, column, note.text[:_NOTE_CHARACTERS], look)
    with zipfile.ZipFile(out) as made:
        return made.read("xl/comments1.xml"), made.read("xl/drawings/vmlDrawing1.vml")


def _keys(relations: bytes) -> tuple[str, str]:
    """Return two keys that no relation of a sheet has."""
    free = (key for number in range(1, len(relations)) if (key := f"rIdNotes{number}").encode() not in relations)
    return next(free), next(free)


def _with_each(listed: bytes, pattern: str, values: Iterable[Iterable[str]]) -> bytes:
    """Add elements at the end of a list, under the prefix that its root has."""
    end = listed.rindex(b"</")
    prefix = listed[end + 2 : listed.index(b">", end)].rpartition(b":")[0]
    before = f"<{prefix.decode()}:" if prefix else "<"
    added = "".join(f"{before}{pattern.format(*each)}/>" for each in values)
    return listed[:end] + added.encode() + listed[end:]


def _with_drawing(sheet: bytes, key: str) -> bytes:
    """Put the element that names the drawing of the notes where the schema has it."""
    root = _TAG.search(sheet)
    ends = [found.end() for found in _DATA_ENDS.finditer(sheet)]
    if root is None or len(ends) != 1 or _MAIN.encode() not in sheet[: root.end()]:
        raise Unsuited
    prefix = root[0][1:].partition(b":")[0] + b":" if b":" in root[0].split()[0] else b""
    element = b'<%slegacyDrawing xmlns:cx="%s" cx:id="%s"/>' % (prefix, _OFFICE.encode(), key.encode())
    at = _place_after(sheet, ends[0])
    return sheet[:at] + element + sheet[at:]


def _place_after(sheet: bytes, start: int) -> int:
    """Return where, behind the data, the first element stands that must come after the drawing."""
    depth = 0
    for tag in _TAG.finditer(sheet, start):
        closing, name, single = tag[1], tag[2], tag[3]
        if not depth and (closing or name in _AFTER):
            return tag.start()
        depth += 0 if single else -1 if closing else 1
    raise Unsuited


def _copied(book: zipfile.ZipFile, parts: Mapping[str, bytes]) -> bytes:
    """Return the archive with these parts in place of theirs, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for member in book.infolist():
            if member.filename not in parts:
                with book.open(member) as old, made.open(member.filename, "w") as new:
                    while piece := old.read(1 << 20):
                        new.write(piece)
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def _parsed(book: zipfile.ZipFile, part: str) -> Xml.Element:
    return Xml.fromstring(_small(book, part))  # noqa: S314  # No document type passes, and the part is short.


def _small(book: zipfile.ZipFile, part: str) -> bytes:
    """Read a part that is to be parsed; raises Unsuited for one that is too long or may define entities."""
    if book.getinfo(part).file_size > _PART_BYTES:
        raise Unsuited
    content = book.read(part)
    if b"<!" in content or b"\0" in content:
        raise Unsuited
    return content


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolved(part: str, target: str) -> str:
    folder = "" if target.startswith("/") else posixpath.dirname(part)
    return posixpath.normpath(posixpath.join(folder, target.lstrip("/")))


def _free(names: set[str], pattern: str) -> str:
    return next(name for number in range(1, len(names) + 2) if (name := pattern.format(number)) not in names)


def _place(reference: str) -> Place:
    told = _REFERENCE.fullmatch(reference)
    if told is None:
        raise Unsuited
    column = 0
    for letter in told[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(told[2]) - 1, column - 1
