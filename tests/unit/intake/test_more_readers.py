"""XLS, JSON, NDJSON and ZIP: read faithfully, or refused with the place and the remedy; nothing breaks the reader."""

from __future__ import annotations

import io
import json
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.filings import workbook
from tests.old_workbook import container, old_workbook, record, stream

from chengxin.intake.readers import bundles, faults, limits
from chengxin.intake.readers.read import read_bytes
from chengxin.intake.readers.sniffing import sniff
from chengxin.intake.readers.table import RESULT_HEADINGS, Table

ROWS = [["名称", "号码"], ["甲", "007"], ["乙", 5.0]]
WANTED = [("甲", "007"), ("乙", "5")]


def cells(content: bytes) -> list[tuple[str, ...]]:
    """Return the rows of a table without their numbers."""
    return [row[:-1] for row in read_bytes(content).frame.iter_rows()]


def refused(content: bytes) -> faults.FileRefused:
    """Return why a file is refused."""
    with pytest.raises(faults.FileRefused) as caught:
        read_bytes(content)
    assert "请" in caught.value.zh
    assert caught.value.en
    return caught.value


OBJECTS = [{"名称": "甲", "号码": "007"}, {"名称": "乙", "号码": 5}]
SAME = {
    "an old workbook": (old_workbook(ROWS), "xls"),
    "an array": (json.dumps(OBJECTS).encode(), "json"),
    "an array over lines, with mark": (json.dumps(OBJECTS, indent=2, ensure_ascii=False).encode("utf-8-sig"), "json"),
    "rows": (json.dumps({"rows": OBJECTS}).encode(), "json"),
    "one object a line": ("\n".join(map(json.dumps, OBJECTS)).encode(), "ndjson"),
    "objects over lines": ("\r\n".join(json.dumps(o, indent=1) for o in OBJECTS).encode(), "ndjson"),
    "Chinese commas": ("名称，号码\n甲，007\n乙，5\n".encode("gb18030"), "csv"),
    "carriage returns": ("名称;号码\r甲;007\r乙;5\r".encode(), "csv"),
}


@pytest.mark.parametrize("content,kind", SAME.values(), ids=SAME.keys())
def test_the_same_rows_are_read_from_every_kind(content: bytes, kind: str) -> None:
    table = read_bytes(content)
    assert (table.kind, table.headings) == (kind, ("名称", "号码"))
    assert cells(content) == WANTED


def test_keys_are_headings_in_the_order_in_which_they_come_and_what_is_absent_is_blank() -> None:
    table = read_bytes(b'[{"a":"1","c":null},{"b":true,"a":1.50},{},{"a":"2"}]')
    assert table.headings == ("a", "c", "b")
    assert list(table.frame.iter_rows()) == [("1", "", "", 1), ("1.50", "", "TRUE", 2), ("2", "", "", 4)]


def test_a_long_json_file_is_cut_into_objects_wherever_the_pieces_end(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"名称": '引号"与{括号}\\', "n": str(n)} for n in range(200)]
    for piece in (1, 7, 64):
        monkeypatch.setattr("chengxin.intake.readers.structured._PIECE", piece)
        assert cells(json.dumps({"rows": rows}).encode()) == [(row["名称"], row["n"]) for row in rows]


JSON_REFUSED = {
    "a value that is an object": ('[{"a":"1"},{"名":{"x":1}}]', "file.json", 2, "名"),
    "a value that is a list": ('[{"名":[]}]', "file.json", 1, "名"),
    "a key twice": ('{"a":"1"}\n{"a":"1","a":"2"}', "file.json", 2, "a"),
    "not a number": ('[{"a":NaN}]', "file.json", 1, ""),
    "a number too long to be exact": ('[{"号":320199198002290012}]', "file.json", 1, "号"),
    "a number out of all measure": ('[{"号":1e999999999}]', "file.json", 1, "号"),
    "nested too deep": ("[{" + '"a":{' * 40 + "}" * 41 + "]", "file.json", 1, ""),
    "half a character": ('[{"a":"\\ud800"}]', "file.json", 1, ""),
    "an empty character": ('[{"a":"\\u0000"}]', "file.json", 1, ""),
    "a blank key": ('[{" ":"x"}]', "file.json", 1, ""),
    "no objects": ("[1,2]", "file.json", 1, ""),
    "a comma too many": ('[{"a":"1"},]', "file.json", 2, ""),
    "no comma": ('[{"a":"1"}{"a":"2"}]', "file.json", 1, ""),
    "something after the end": ('[{"a":"1"}] x', "file.json", None, None),
    "another key beside rows": ('{"rows":[{"a":"1"}],"b":1}', "file.json", 1, ""),
    "a control character": ('[{"a":"x\ny"}]', "file.json", 1, ""),
    "cut off": ('[{"a":"1"},{"a":"2', "file.damaged", None, None),
    "cut off after an object": ('[{"a":"1"}', "file.damaged", None, None),
    "nothing in it": ("[]", "file.empty", None, None),
    "only blanks": ('[{"a":""}]', "file.empty", None, None),
    "not UTF-8": ('[{"a":"中文"}]'.encode("gb18030"), "file.encoding", None, None),
    "too many keys": (json.dumps([{str(n): "x" for n in range(limits.COLUMNS + 1)}]), "file.too_large", None, None),
}


@pytest.mark.parametrize("text,code,row,key", JSON_REFUSED.values(), ids=JSON_REFUSED.keys())
def test_json_that_could_be_read_in_two_ways_is_refused(text: str | bytes, code: str, row: int, key: str) -> None:
    fault = refused(text if isinstance(text, bytes) else text.encode())
    assert (fault.code, fault.facts.get("row") if row else None) == (code, row)
    assert key is None or fault.facts["key"] == key
    assert "320199" not in fault.zh + fault.en


FILEPASS = record(0x002F, struct.pack("<HHH", 1, 1, 1))
HUGE_SHEET = record(0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFF0, 0, 0xFFFF, 0))
FAR_CELL = record(0x0203, struct.pack("<HHHd", 65535, 255, 0, 1.0))
MANY_TEXTS = record(0x00FC, struct.pack("<ii", 2**31 - 1, 2**31 - 1))


def looped() -> bytes:
    """Return an old workbook whose chain of sectors runs in a circle."""
    whole = bytearray(old_workbook(ROWS))
    whole[-512:-508] = struct.pack("<I", 0)
    return bytes(whole)


OLD_REFUSED = {
    "a password": (old_workbook(ROWS, before=FILEPASS), "file.encrypted"),
    "a locked new workbook": (container(b"x", "EncryptedPackage"), "file.encrypted"),
    "a letter": (container(b"x", "WordDocument"), "file.kind"),
    "a sheet that claims every row there could be": (old_workbook(ROWS, inside=HUGE_SHEET), "file.too_large"),
    "a cell in the farthest corner": (old_workbook(ROWS, inside=FAR_CELL), "file.too_large"),
    "a count of texts that cannot be true": (old_workbook(ROWS, before=MANY_TEXTS), "file.damaged"),
    "a chain that runs in a circle": (looped(), "file.damaged"),
    "cut in half": (old_workbook(ROWS)[:1500], "file.damaged"),
    "a long number kept as a number": (old_workbook([["号码"], [320199198002290012.0]]), "file.digits_lost"),
}


@pytest.mark.parametrize("content,code", OLD_REFUSED.values(), ids=OLD_REFUSED.keys())
def test_old_workbooks_that_are_locked_or_lie_are_refused(content: bytes, code: str) -> None:
    assert refused(content).code == code


def packed(members: dict[str, bytes], *, gbk: bool = False) -> bytes:
    """Return a ZIP file; with ``gbk`` its names are written as an old Chinese Windows writes them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    raw = out.getvalue()
    if gbk:
        for name in members:
            raw = raw.replace(name.encode(), name.encode("gbk").ljust(len(name.encode()), b"_"))
        raw = raw.replace(b"PK\x03\x04\x14\x00\x00\x08", b"PK\x03\x04\x14\x00\x00\x00")
        raw = raw.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x08", b"PK\x01\x02\x14\x03\x14\x00\x00\x00")
    return raw


def names(content: bytes) -> list[str]:
    """Return the names of the files in a ZIP file."""
    with bundles.opened(io.BytesIO(content)) as bundle:
        return bundle.names


def test_the_files_of_a_zip_file_are_given_out_without_its_litter() -> None:
    litter = {"一/": b"", "__MACOSX/一/._甲.csv": b"x", ".DS_Store": b"x"}
    content = packed({"一/甲.csv": b"a\n1\n", **litter, "乙.xls": b"y"})
    assert bundles.is_bundle(io.BytesIO(content))
    assert names(content) == ["一/甲.csv", "乙.xls"]


def test_names_in_gbk_are_read() -> None:
    assert names(packed({"处罚.csv": b"a\n1\n"}, gbk=True)) == ["处罚.csv__"]


def test_a_workbook_is_no_bundle() -> None:
    assert not bundles.is_bundle(io.BytesIO(workbook([["a"], ["1"]])))


BUNDLES_REFUSED = {
    "a path that leads outside": packed({"../a.csv": b"x"}),
    "an absolute path": packed({"/a.csv": b"x"}),
    "too many files": packed({f"{n}.csv": b"x" for n in range(limits.BUNDLE_FILES + 1)}),
    "no file": packed({"__MACOSX/x": b"x"}),
}


@pytest.mark.parametrize("content", BUNDLES_REFUSED.values(), ids=BUNDLES_REFUSED.keys())
def test_unsafe_zip_files_are_not_opened(content: bytes) -> None:
    with pytest.raises(faults.FileRefused):
        names(content)


def test_what_a_zip_file_unpacks_to_is_counted_over_all_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUNDLE_LEAST", 1000)
    monkeypatch.setattr(limits, "UNPACKED_RATIO", 1)
    content = packed({"a.csv": b"0" * 900, "b.csv": b"0" * 900})
    with bundles.opened(io.BytesIO(content)) as bundle:
        with bundle.open("a.csv") as file:
            assert len(file.read()) == 900
        with pytest.raises(faults.FileTooLarge), bundle.open("b.csv"):
            pytest.fail("it was unpacked")


def test_a_zip_file_inside_a_table_s_place_is_refused() -> None:
    assert refused(packed({"a.csv": b"a\n1\n"})).code == "file.kind"


def test_the_delimiter_is_the_one_under_which_the_rows_bear_the_heading_out() -> None:
    split = sniff("名称;说明;号码\n甲;一,二,三;1\n乙;四,五,六,七,八;2\n")
    assert (split.delimiter, split.columns, split.looked, split.agreeing) == (";", 3, 2, 2)
    assert "分号" in split.reason[0]
    assert "semicolons" in split.reason[1]
    assert sniff("名称|号码\n甲，乙，丙|1\n").delimiter == "|"
    assert sniff('"a;b;c",d\n"1;2;3",4\n').delimiter == ","


def same_apart_from_results(table: Table) -> None:
    assert table.headings == ("名称", "号码")
    assert list(table.frame.iter_rows()) == [("甲", "1", 2)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_columns_of_an_annotated_copy_are_passed_over(language: str) -> None:
    first, second, third = RESULT_HEADINGS[language]
    read = read_bytes(f"{first},{second},{third},名称,号码\n退回,改,甲:7,甲,1\n".encode())
    same_apart_from_results(read)
    assert read.replaces == ((2, "甲:7"),)
    same_apart_from_results(read_bytes(workbook([["名称", "号码", first, second], ["甲", "1", "x", "y"]])))
    uneven = read_bytes(f"{first},{second},名称,号码\n退回,改,甲,1,2\n".encode()).uneven[0]
    assert (uneven.found, uneven.cells) == (3, ("甲", "1", "2"))


SEEDS = [content for content, _ in SAME.values()] + [workbook(ROWS), packed({"a.csv": b"a\n1\n"})]


NOISE = st.lists(st.tuples(st.integers(0, 9000), st.binary(min_size=1, max_size=4)), max_size=4)
BEGINNINGS = [b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"[{", b'{"rows":[', b'{"a":']
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=9)
OBJECT = st.dictionaries(st.text("abc名", min_size=1, max_size=3), TEXTS, min_size=1, max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), NOISE, st.integers(0, 9000))
def test_no_mutated_or_truncated_file_breaks_the_reader(seed: bytes, noise: list[tuple[int, bytes]], cut: int) -> None:
    content = bytearray(seed)
    for place, other in noise:
        content[place % len(content) : place % len(content) + len(other)] = other
    try:
        read_bytes(bytes(content[: cut or None]))
    except faults.FileRefused:
        return


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(BEGINNINGS))
def test_no_bytes_after_a_true_beginning_break_the_reader(content: bytes, head: bytes) -> None:
    try:
        read_bytes(head + content)
    except faults.FileRefused:
        return


@settings(max_examples=100, deadline=None)
@given(st.lists(OBJECT, min_size=1, max_size=6), st.sampled_from([None, 1]))
def test_every_flat_array_is_read_back(rows: list[dict[str, str]], indent: int | None) -> None:
    table = read_bytes(json.dumps(rows, indent=indent).encode())
    read = [{h: c for h, c in zip(table.headings, row, strict=False) if c} for row in table.frame.iter_rows()]
    assert read == rows


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 0x300), st.binary(max_size=16)), max_size=6), st.booleans())
def test_no_foreign_records_break_the_reader_of_old_workbooks(records: list[tuple[int, bytes]], inside: bool) -> None:
    foreign = b"".join(record(kind, body) for kind, body in records)
    content = container(stream(ROWS, inside=foreign) if inside else stream(ROWS, before=foreign))
    try:
        read_bytes(content)
    except faults.FileRefused:
        return
