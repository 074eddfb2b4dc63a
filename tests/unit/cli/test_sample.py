"""The synthetic province: repeatable, nobody's, and dirty in the ways its truth file says."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from chengxin.cli.sample import cast, dirt
from chengxin.cli.sample.agencies import OFFICES
from chengxin.cli.sample.people import Firm, Human
from chengxin.cli.sample.province import Province, generate
from chengxin.cli.sample.writing import write
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import CodeKind, Outcome

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def province() -> Province:
    return generate(7, TODAY, people=400, organisations=900, records=6000)


def test_the_same_seed_makes_the_same_province(province: Province) -> None:
    again = generate(7, TODAY, people=400, organisations=900, records=6000)
    assert [f.rows for f in again.files] == [f.rows for f in province.files]
    assert [f.rows for f in generate(8, TODAY, people=400, organisations=900, records=6000).files] != [
        f.rows for f in province.files
    ]


def test_every_person_has_a_valid_number_in_an_unassigned_division(province: Province) -> None:
    people: list[Human] = province.people
    assert all(human.number[:6] in {"320199", "329999"} for human in people)
    assert all(check(CodeKind.CITIZEN_ID, human.number).accepted for human in people)
    assert len({human.number for human in people}) == len(people)


def test_every_firm_has_a_code_that_may_be_filed(province: Province) -> None:
    outcomes = Counter(check(CodeKind.USCC, firm.code).outcome for firm in province.firms)
    assert outcomes[Outcome.WRONG] == 0
    assert outcomes[Outcome.LEGAL_BUT_CHECKSUM_FAILS] > 0


def test_there_are_namesakes_and_renamed_firms(province: Province) -> None:
    names = Counter(human.name for human in province.people)
    firms: list[Firm] = province.firms
    assert max(names.values()) > 1
    assert any(firm.former for firm in firms)
    assert cast.CITIZEN.name == cast.NAMESAKE.name
    assert cast.CITIZEN.number != cast.NAMESAKE.number


def test_every_kind_of_dirt_is_there_and_has_its_truth(province: Province) -> None:
    found = {truth["dirt"] for made in province.files for truth in made.truth}
    assert {kind.name for kind in dirt.KINDS} <= found
    assert all(len(made.rows) == len(made.truth) for made in province.files)


def test_twelve_agencies_with_valid_codes() -> None:
    assert len({office.code for office in OFFICES}) == 12
    assert all(check(CodeKind.USCC, office.code).outcome is Outcome.VALID for office in OFFICES)


def test_the_files_are_written_in_their_own_encodings(province: Province, tmp_path: Path) -> None:
    manifest = write(province, tmp_path)
    for file in manifest["files"]:
        path = tmp_path / file["filename"]
        assert path.stat().st_size > 0
        if path.suffix == ".csv":
            with path.open(encoding=file["encoding"], newline="") as opened:
                assert sum(1 for _ in csv.DictReader(opened)) == file["rows"]
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert {name: len(rows) for name, rows in truth.items()} == {f["filename"]: f["rows"] for f in manifest["files"]}
