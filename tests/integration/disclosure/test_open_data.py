"""Open data: signed, whole, never a person, and never anything that is no longer published."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from datetime import timedelta

import jsonschema
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories
from tests.factories import CITIZEN, FIRM, NOW, TODAY

from chengxin.disclosure import open_data, open_files
from chengxin.disclosure.models import OpenEdition
from chengxin.disclosure.open_files import Earlier
from chengxin.registry import services as registry
from chengxin.registry.models import Annotation, Cause
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
    name = next(each.name for each in edition.files if each.kind == "table")
    text = gzip.decompress(open_data.path_of(edition, name).read_bytes()).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    full = lines(edition, "full")
    assert [row["record"] for row in table] == [row["record"] for row in full]
    assert {row["document_no"] for row in table} == {"'=1+1", "示交罚〔2026〕1号"}
    assert [json.loads(row["fields"]) for row in table] == [row["fields"] for row in full]


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
    rows = lines(make(), "full")
    assert [row["record"] for row in rows] == sorted(row["record"] for row in rows)
    assert len(rows) == 8


KEYS = st.dictionaries(st.integers(0, 30).map(lambda n: f"{n:02}"), st.integers(0, 2), max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(editions=st.lists(KEYS, min_size=2, max_size=4))
def test_any_earlier_full_file_with_its_differences_is_the_newest(tmp_path, editions):
    """Whatever comes, changes and goes between two makings, in whatever order."""
    earlier, held = [], []
    for number, edition in enumerate(editions, 1):
        rows = [_bare(key, value) for key, value in sorted(edition.items())]
        index = tmp_path / f"{number}.gz"
        written = open_files.write(tmp_path, f"e{number}", rows, earlier, index)
        for file, before in zip(written[2:], held, strict=True):
            with gzip.open(tmp_path / file.name, "rt") as stream:
                changes = [json.loads(line) for line in stream]
            assert applied(before, changes) == {row["record"]: row for row in rows}
            assert len(changes) == file.rows
        held.append(rows)
        earlier.append(Earlier(number, TODAY, index))


def _bare(key: str, value: int) -> dict:
    return dict.fromkeys(open_files.COLUMNS, "") | {"record": key, "fields": {"a": str(value)}}
