"""Open data: signed, whole, never a person, and never anything that is no longer published."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from dataclasses import asdict
from datetime import timedelta

import jsonschema
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories
from tests.factories import CITIZEN, FIRM, NOW, TODAY

from chengxin.disclosure import open_changes, open_data, open_files, open_pieces, open_rows, publication
from chengxin.disclosure.models import OpenEdition
from chengxin.disclosure.open_pieces import Places, Writer
from chengxin.disclosure.open_rows import Stretch
from chengxin.ledger import services as ledger
from chengxin.registry import services as registry
from chengxin.registry.models import Annotation, Cause
from chengxin.storage.alone import Busy, alone
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.VAR = tmp_path


def make(days: int = 0, hours: int = 0) -> open_data.Edition:
    return open_data.make(now=NOW + days * DAY + hours * HOUR, today=TODAY + days * DAY)


def lines(edition: open_data.Edition, kind: str, since: int | None = None) -> list[dict]:
    name = next(each.name for each in edition.files if (each.kind, each.since) == (kind, since))
    with gzip.open(open_data.path_of(edition, name), "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def table(edition: open_data.Edition) -> list[dict]:
    name = next(each.name for each in edition.files if each.kind == "table")
    text = gzip.decompress(open_data.path_of(edition, name).read_bytes()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def applied(full: list[dict], changes: list[dict]) -> dict[str, dict]:
    """What a consumer does: put what is put, drop what is withdrawn."""
    held = {row["record"]: row for row in full}
    for change in changes:
        if change["op"] == "put":
            held[change["row"]["record"]] = change["row"]
        else:
            del held[change["record"]]
    return held


def penalty(firm, number: int):
    return factories.record(firm, document_no=f"示交罚〔2026〕{number}号")


def test_the_full_file_holds_organisations_with_basis_and_last_day_and_never_a_person(world):
    edition = make()
    (row,) = lines(edition, "full")
    assert (row["uscc"], row["name"], row["document_no"]) == (FIRM, "栖云望舒食品有限公司", "示交罚〔2026〕1号")
    assert row["basis"].startswith("《")
    assert row["until"] > TODAY.isoformat()
    whole = json.dumps(row, ensure_ascii=False)
    assert "沈清和" not in whole
    assert CITIZEN not in whole


def test_every_line_keeps_to_the_schema(world):
    first = make()
    full = lines(first, "full")
    registry.annotate(penalty(world.firm, 2), "disputed", ref="T-1", now=NOW)
    second = make(1)
    check = jsonschema.Draft202012Validator(json.loads(open_files.schema_text()))
    for row in [*full, *lines(second, "full"), *lines(second, "delta", first.number)]:
        check.validate(row)
    with pytest.raises(jsonschema.ValidationError):
        check.validate({"op": "withdraw", "record": 7})


def test_the_list_of_files_is_signed_and_every_hash_holds(world):
    edition = make()
    key = Ed25519PublicKey.from_public_bytes(vault.public_key())
    key.verify(bytes.fromhex(edition.signature), edition.manifest.encode())
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(edition.signature), edition.manifest.replace("full", "ful1").encode())
    for line in edition.sums.splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(open_data.path_of(edition, name).read_bytes()).hexdigest() == digest
    assert OpenEdition.objects.get().entry.kind == "open_data"


def test_the_table_says_what_the_lines_say_and_begins_no_cell_like_a_formula(world):
    factories.record(world.firm, document_no="=1+1")
    edition = make()
    full, rows = lines(edition, "full"), table(edition)
    assert [row["record"] for row in rows] == [row["record"] for row in full]
    assert {row["document_no"] for row in rows} == {"'=1+1", "示交罚〔2026〕1号"}
    assert [json.loads(row["fields"]) for row in rows] == [row["fields"] for row in full]


def test_yesterdays_file_with_the_differences_is_todays_file(world):
    gone, kept = penalty(world.firm, 2), penalty(world.firm, 3)
    first = make()
    before = lines(first, "full")
    registry.end_record(gone, Cause.RESTORED, ref="T-1", now=NOW + HOUR)
    registry.annotate(kept, "disputed", ref="T-2", now=NOW + HOUR)
    new = penalty(world.firm, 4)
    second = make(1)
    changes = lines(second, "delta", first.number)
    assert {each.get("record") for each in changes if each["op"] == "withdraw"} == {str(gone)}
    assert {each["row"]["record"] for each in changes if each["op"] == "put"} == {str(kept), str(new)}
    assert applied(before, changes) == {row["record"]: row for row in lines(second, "full")}
    assert str(gone) not in json.dumps(lines(second, "full"))


def test_a_restored_record_is_given_no_longer_although_the_file_was_made_today(world):
    gone = penalty(world.firm, 2)
    first = make()
    assert open_data.current(TODAY) == first
    registry.end_record(gone, Cause.RESTORED, ref="T-1", now=NOW + HOUR)
    assert open_data.current(TODAY) is None
    assert open_data.renew(now=NOW + HOUR, today=TODAY) == 1
    second = open_data.current(TODAY)
    assert second.number == 2
    assert {"op": "withdraw", "record": str(gone)} in lines(second, "delta", 1)
    assert open_data.path_of(first, first.files[0].name) is None, "the file that held it is gone from the disk"


def test_a_dispute_makes_the_file_wait_until_it_says_so(world):
    record = penalty(world.firm, 2)
    make()
    registry.annotate(record, Annotation.DISPUTED, ref="T-1", now=NOW + HOUR)
    assert open_data.current(TODAY) is None
    make(hours=2)
    marked = {row["record"]: row["disputed"] for row in lines(open_data.current(TODAY), "full")}
    assert marked[str(record)] is True


def test_what_happens_to_persons_and_new_records_leave_the_file_standing(world):
    edition = make()
    penalty(world.firm, 2)
    other = factories.record(world.person, document_no="示交罚〔2026〕9号")
    registry.end_record(other, Cause.RESTORED, ref="T-1", now=NOW + HOUR)
    assert open_data.current(TODAY) == edition
    assert open_data.renew(now=NOW + HOUR, today=TODAY) == 0


def test_yesterdays_file_is_not_given_today_and_past_the_period_nothing_is_left(world):
    edition = make()
    until = lines(edition, "full")[0]["until"]
    assert open_data.current(TODAY + DAY) is None, "nothing has to run for that"
    days = (type(TODAY).fromisoformat(until) - TODAY).days
    assert len(lines(make(days), "full")) == 1
    assert lines(make(days + 1), "full") == []


def test_differences_reach_back_a_week_and_no_further(world):
    for day in range(10):
        make(day)
    since = {each.since for each in open_data.current(TODAY + 9 * DAY).files if each.kind == "delta"}
    assert since == {3, 4, 5, 6, 7, 8, 9}


def test_many_records_are_read_in_pieces(world, monkeypatch):
    monkeypatch.setattr(open_data, "PIECE", 3)
    for number in range(2, 9):
        penalty(world.firm, number)
    edition = make()
    rows = lines(edition, "full")
    assert [row["record"] for row in rows] == sorted(row["record"] for row in rows)
    assert [len(rows), len(table(edition))] == [8, 8]
    assert rows == json.loads(json.dumps(list(open_data.rows(TODAY)), default=str))


def test_each_row_says_what_the_page_says(world):
    """Rows are read column by column; the page of the portal is what they are measured by."""
    registry.annotate(penalty(world.firm, 2), Annotation.DISPUTED, ref="T-1", now=NOW)
    registry.annotate(penalty(world.firm, 3), Annotation.STATEMENT, ref="T-2", text="已经整改", now=NOW)
    factories.record(world.firm, document_no="示交罚〔2026〕4号", personal={"CF_FRDB": "闻人秋"})
    rows = {row["record"]: row for row in open_data.rows(TODAY)}
    shown = publication.listed("abnormal", TODAY).rows + publication.latest("all", TODAY).rows
    assert len(rows) == len(shown) == 4
    for each in shown:
        row = rows[str(each.record)]
        named = asdict(each)
        same = set(named) & set(row) - {"record", "fields"}
        assert len(same) >= 11
        assert {name: row[name] for name in same} == {name: named[name] for name in same}
        assert row["authority"] == each.authority_name
        assert row["fields"] == {field.code: field.value for field in each.fields}
        assert (row["name"], row["uscc"], row["published_from"]) == (each.owner, each.owner_uscc, each.published_from)


@pytest.fixture
def pieces(world, monkeypatch):
    """Eight published records in pieces of three, and how many stretches of the register are read after that."""
    monkeypatch.setattr(open_data, "PIECE", 3)
    records = [penalty(world.firm, number) for number in range(2, 9)]
    make()
    read = []
    real = open_rows.stretch

    def counted(today, after, until=None, most=None):
        read.append(until)
        return real(today, after, until, most)

    monkeypatch.setattr(open_rows, "stretch", counted)
    return sorted(records, key=str), read


def test_a_mended_edition_reads_only_the_piece_that_changed(pieces):
    records, read = pieces
    before = lines(open_data.current(TODAY), "full")
    registry.end_record(records[-1], Cause.RESTORED, ref="T-1", now=NOW + HOUR)
    assert open_data.mend(now=NOW + HOUR, today=TODAY) == 1
    mended = open_data.current(TODAY)
    assert [each is not None for each in read] == [True, False], "one piece again, and what lies behind the last"
    assert lines(mended, "full") == [row for row in before if row["record"] != str(records[-1])]
    assert [row["record"] for row in table(mended)] == [row["record"] for row in lines(mended, "full")]
    assert lines(mended, "delta", 1) == [{"op": "withdraw", "record": str(records[-1])}]
    assert open_data.mend(now=NOW + HOUR, today=TODAY) == 0


def test_a_mended_edition_is_the_one_that_would_be_made_whole(pieces, world):
    records, _read = pieces
    registry.end_record(records[0], Cause.RESTORED, ref="T-1", now=NOW + HOUR)
    registry.annotate(records[4], Annotation.DISPUTED, ref="T-2", now=NOW + HOUR)
    penalty(world.firm, 20)
    open_data.mend(now=NOW + 2 * HOUR, today=TODAY)
    mended = lines(open_data.current(TODAY), "full")
    assert mended == lines(make(hours=3), "full")
    assert len(mended) == 8


def test_on_the_next_day_what_ended_is_gone_before_the_edition_is_whole(pieces, monkeypatch):
    monkeypatch.setattr(open_data, "SMALL", 1)
    until = max(row["until"] for row in lines(open_data.current(TODAY), "full"))
    days = (type(TODAY).fromisoformat(until) - TODAY).days + 1
    day = TODAY + days * DAY
    assert open_data.due(day)
    assert open_data.mend(now=NOW + days * DAY, today=day) == 1
    assert lines(open_data.current(day), "full") == []
    assert open_data.due(day), "it is still to be made whole"
    assert open_data.renew(now=NOW + days * DAY, today=day) == 1
    assert not open_data.due(day)


def test_a_making_that_was_stopped_goes_on_behind_the_last_piece(pieces):
    records, read = pieces

    class Stopped(Exception):
        """Somebody ends the process."""

    def stop(rows: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        open_data.make(now=NOW + DAY, today=TODAY + DAY, beat=stop)
    registry.end_record(records[0], Cause.RESTORED, ref="T-1", now=NOW + DAY + HOUR)
    told: list[int] = []
    first = len(read)
    made = open_data.make(now=NOW + DAY + HOUR, today=TODAY + DAY, beat=told.append)
    assert first == 1
    assert told[0] == 6, "the first piece is not read again"
    assert str(records[0]) not in {row["record"] for row in lines(made, "full")}, "what ended meanwhile is not in it"
    assert len(lines(made, "full")) == 7


def test_an_index_of_an_earlier_release_still_gives_differences(pieces):
    (open_data._root() / "index" / "1.pieces").unlink()
    changes = lines(make(1), "delta", 1)
    assert changes == []


def test_two_processes_do_not_make_it_at_once(world):
    with alone(open_data._root() / "making.lock"), pytest.raises(Busy):
        make()


def test_what_changed_is_found_by_the_leaf_and_not_by_looking_at_every_version(world):
    seen = open_changes.seen_now(NOW, TODAY)
    sql = open_changes._BEHIND.format(where='e."index" >= %s')
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # Small tables would be read whole.
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, [9, 1])
        plan = repr(cursor.fetchall())
    assert not re.search("SCAN|Seq Scan", plan)
    assert "entry_id" in plan
    assert open_changes._later(seen.size) == []


def test_leaves_looked_at_once_are_not_looked_at_again(world, django_assert_num_queries):
    edition = make()
    penalty(world.firm, 2)
    ledger.sequence(now=NOW)
    seen = open_changes.Seen(0, 0, 0, NOW, TODAY)
    assert open_changes.overtaken(seen, edition.signature) is False
    assert open_changes._clear == {edition.signature: ledger.latest_checkpoint().size}


KEYS = st.dictionaries(st.integers(0, 30).map(lambda n: f"{n:02}"), st.integers(0, 2), max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(editions=st.lists(KEYS, min_size=2, max_size=4), size=st.integers(1, 9))
def test_any_earlier_full_file_with_its_differences_is_the_newest(tmp_path_factory, editions, size):
    """Whatever comes, changes and goes between two makings, in whatever order and however it is cut into pieces."""
    folder, earlier = tmp_path_factory.mktemp("editions"), []
    for number, edition in enumerate(editions, 1):
        rows = [_bare(key, value) for key, value in sorted(edition.items())]
        new = _places(folder, number)
        _write(new, rows, size if number % 2 else size + 1)
        for old, before in earlier:
            out = folder / "changes.gz"
            count = open_pieces.write_differences(out, new, old)
            with gzip.open(out, "rt") as stream:
                changes = [json.loads(line) for line in stream]
            assert applied(before, changes) == {row["record"]: row for row in rows}
            assert len(changes) == count
        earlier.append((new, rows))


def _places(folder, number: int) -> Places:
    return Places(*(folder / f"{number}-{name}" for name in ("full", "table", "index", "pieces")))


def _write(places: Places, rows: list[dict], size: int) -> None:
    writer = Writer(places)
    for first in range(0, len(rows), size):
        writer.add(Stretch(tuple(rows[first : first + size]), None))
    writer.close()


def _bare(key: str, value: int) -> dict:
    return dict.fromkeys(open_files.COLUMNS, "") | {"record": key, "fields": {"a": str(value)}}


def test_a_piece_that_was_cut_off_is_written_again(tmp_path):
    rows = [_bare(f"{key:02}", 1) for key in range(6)]
    whole, torn = _places(tmp_path, 1), _places(tmp_path, 2)
    _write(whole, rows, 2)
    _write(torn, rows[:4], 2)
    for path in (torn.full, torn.table, torn.index, torn.listed):
        with path.open("ab") as stream:
            stream.write(b"half a piece")
    writer = Writer(torn)
    assert writer.last == "03"
    writer.add(Stretch(tuple(rows[4:]), None))
    writer.close()
    assert [path.read_bytes() for path in (torn.full, torn.table)] == [
        whole.full.read_bytes(),
        whole.table.read_bytes(),
    ]


@pytest.mark.parametrize(("record", "number"), [("00", 0), ("02", 0), ("03", 1), ("05", 1), ("06", None)])
def test_a_record_lies_in_the_piece_that_reaches_it(tmp_path, record, number):
    places = _places(tmp_path, 1)
    _write(places, [_bare(key, 1) for key in ("01", "02", "04", "05")], 2)
    assert open_pieces.touched(places.pieces(), {record}) == ({number} if number is not None else set())
