"""Rows that do not contradict each other make the same register in any order, in any files, sent any number of times.

Rows that do contradict each other all go back when they stand in one file. When they stand in two, the record admitted
first stays as it is, so there the order of the files decides, and the clerk of the later one is told. No rule that
forgets the order is lawful there: the first record may be published and told to its subject and to recipients, and only
its source's own correction or withdrawal, an objection or a restoration may end it; nothing in the later file says that
it is the truer one. What the order decides is held exactly below: that one record, and nothing else.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories as make
from tests import filings, registers

from chengxin.accounts.models import User
from chengxin.intake import parcels
from chengxin.intake.models import Admission, Question, RowState, SubmissionRow
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record, RecordVersion

FIRMS = {make.FIRM: "栖云望舒食品有限公司", make.OTHER_FIRM: "听雨运输有限公司"}
PEOPLE = {make.CITIZEN: "沈清和", make.OTHER_CITIZEN: "陆知微"}
FIRM_ROWS = [
    filings.FIRM_ROW | {"CF_XDR_SHXYM": code, "CF_XDR_MC": name, "CF_WSH": f"示交罚〔2026〕{n}号", "CF_NR_FK": f"0.{n}"}
    for n in (1, 2)
    for code, name in FIRMS.items()
]
PERSON_ROWS = [
    filings.PERSON_ROW | {"CF_XDR_ZJHM": number, "CF_XDR_MC": name, "CF_WSH": f"示交罚〔2026〕{n}号"}
    for n in (1, 3)
    for number, name in PEOPLE.items()
]
FAULTY = [filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕9号", "CF_JDRQ": "昨天"}]
ROWS = [*FIRM_ROWS, *PERSON_ROWS, *FAULTY]
# The same document about the same firm with another amount; and a firm of one number under two names.
CONTRADICTING = [FIRM_ROWS[0] | {"CF_WSH": "示交罚〔2026〕8号", "CF_NR_FK": fine} for fine in ("1", "2")]
NAMED = [
    filings.FIRM_ROW | {"CF_XDR_SHXYM": "91320199MA0000023X", "CF_XDR_MC": name, "CF_WSH": f"示交罚〔2026〕7{n}号"}
    for n, name in enumerate(("观澜建材有限公司", "观澜建材有限公司", "拾光建材有限公司"))
]
_CONTRADICTED = frozenset({"file.duplicate", "record.differs"})
pytestmark = pytest.mark.django_db
PROFILE = settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def clerk(monkeypatch: pytest.MonkeyPatch) -> User:
    make.law()
    monkeypatch.setattr(parcels, "SIZE", 3)
    return filings.clerk(make.agency())


Outcome = tuple[Counter[str], Counter[str], int]


def register_of(files: list[list[filings.Row]], clerk: User) -> Outcome:
    """Send files, and return what the register says, what rests with the centre, and how many rows are contradicted.

    Then all of it is taken back.
    """
    before = transaction.savepoint()
    for number, rows in enumerate(files):
        if rows:
            filings.file(filings.as_csv(rows), clerk, name=f"{number}.csv")
    said, asked = registers.register(), Counter(Question.objects.values_list("reason", flat=True))
    findings = SubmissionRow.objects.filter(state=RowState.RETURNED).values_list("findings", flat=True)
    contradicted = sum(bool(_CONTRADICTED.intersection(each["code"] for each in told)) for told in findings)
    assert Record.objects.count() == Admission.objects.count() == RecordVersion.objects.count()
    assert Entry.objects.filter(kind="registry.record").count() == Record.objects.count()
    transaction.savepoint_rollback(before)
    return said, asked, contradicted


@pytest.fixture
def of_all(clerk: User) -> Counter[str]:
    """What the register says after one file of all rows."""
    return register_of([ROWS], clerk)[0]


@PROFILE
@given(data=st.data())
def test_any_order_any_files_any_number_of_times(data: st.DataObject, clerk: User, of_all: Counter[str]) -> None:
    wanted = of_all
    assert wanted.total() == len(ROWS) - len(FAULTY)
    again = data.draw(st.lists(st.sampled_from(ROWS), max_size=6), label="rows sent once more")
    rows = data.draw(st.permutations([*ROWS, *again]), label="order")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3), label="cuts"))
    files = [rows[start:end] for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    replayed = data.draw(st.lists(st.sampled_from(files), max_size=2), label="files sent once more")
    found, *_ = register_of([*files, *replayed], clerk)
    assert found == wanted


WHOLE = [*ROWS, *CONTRADICTING, *NAMED]


@pytest.fixture
def of_whole(clerk: User) -> Outcome:
    """What the register says, and what is asked, after one file in which some rows contradict each other."""
    return register_of([WHOLE], clerk)


@PROFILE
@given(data=st.data())
def test_contradictions_within_a_file_end_alike_in_any_order(
    data: st.DataObject, clerk: User, of_whole: Outcome
) -> None:
    """Rows that contradict each other all go back; a new firm takes the name that most rows of the file give it."""
    wanted = of_whole
    assert wanted[0].total() == len(ROWS) - len(FAULTY) + 2
    assert wanted[1] == {"subject.name_differs": 1}
    found = register_of([data.draw(st.permutations(WHOLE), label="order")], clerk)
    assert found == wanted


@pytest.fixture
def alone(clerk: User) -> list[Counter[str]]:
    """What the register says of each of the two contradicting rows when it comes alone."""
    return [register_of([[row]], clerk)[0] for row in CONTRADICTING]


def _decided(files: list[list[filings.Row]]) -> tuple[int | None, int]:
    """Return which contradicting row stands, the first that came without the other, and how many rows went back."""
    here = [[at for at, row in enumerate(CONTRADICTING) if row in rows] for rows in files]
    stands = next((each[0] for each in here if len(each) == 1), None)
    return stands, sum(len(each) == 2 or at != stands for each in here for at in each)


@PROFILE
@given(data=st.data())
def test_contradictions_split_into_files_decide_one_record_and_nothing_else(
    data: st.DataObject, clerk: User, of_all: Counter[str], alone: list[Counter[str]]
) -> None:
    """Whoever sent a row that does not stand is told so; no row vanishes, and no other record is touched."""
    rows = data.draw(st.permutations([*ROWS, *CONTRADICTING]), label="order")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3), label="cuts"))
    files = [rows[start:end] for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    replayed = data.draw(st.lists(st.sampled_from(files), max_size=2), label="files sent once more")
    stands, back = _decided(files)
    found, _, contradicted = register_of([*files, *replayed], clerk)
    assert found == of_all + (alone[stands] if stands is not None else Counter())
    assert contradicted == back


@pytest.mark.parametrize("first", [0, 1])
def test_of_contradictions_in_two_files_the_record_admitted_first_stands(first: int, clerk: User) -> None:
    one, other = CONTRADICTING[first], CONTRADICTING[1 - first]
    alone, *_ = register_of([[one]], clerk)
    assert alone != register_of([[other]], clerk)[0]
    assert register_of([[one], [other], [other], [one]], clerk)[0] == alone
    assert register_of([[one], [*FIRM_ROWS, other]], clerk)[0] == register_of([[one], FIRM_ROWS], clerk)[0]


def test_a_faulty_row_does_not_keep_the_good_one_out(clerk: User) -> None:
    faulty = FIRM_ROWS[0] | {"CF_JDRQ": "昨天"}
    alone, *_ = register_of([[FIRM_ROWS[0]]], clerk)
    assert register_of([[faulty, FIRM_ROWS[0]]], clerk)[0] == alone
    assert register_of([[FIRM_ROWS[0], faulty]], clerk)[0] == alone
