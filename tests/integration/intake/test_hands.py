"""Several processes admit one file: every row becomes a record once, whoever dies on the way."""

from __future__ import annotations

import os
import signal
import time
from datetime import date, datetime
from uuid import UUID

import pytest
from tests import factories as make
from tests import filings

from chengxin.intake import hands, parcels, selectors
from chengxin.intake.models import Admission, Parcel
from chengxin.registry.models import Record

pytestmark = pytest.mark.django_db(transaction=True)
ROWS, SIZE = 240, 20


def _fall(_submission: UUID, _now: datetime, _today: date) -> None:
    os._exit(1)


def _twice(number: int) -> int:
    return 2 * number


@pytest.fixture
def ready() -> None:
    """Wait until helpers stand by, where there is a processor for one."""
    while hands._spare() and not hands._ready():
        time.sleep(0.05)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parcels of few rows, so that a short file has many."""
    monkeypatch.setattr(parcels, "SIZE", SIZE)


def test_a_file_read_and_admitted_by_several_is_admitted_once(small: None, ready: None) -> None:
    make.law()
    clerk = filings.clerk(make.agency())
    sent = filings.file(filings.as_csv(filings.rows(ROWS)), clerk)
    assert selectors.summary(sent).admitted == ROWS == Record.objects.count() == Admission.objects.count()
    assert not Parcel.objects.exists()


def test_every_part_is_done_once_whoever_does_it(ready: None) -> None:
    assert sorted(hands.mapped(_twice, [(number,) for number in range(9)])) == [2 * number for number in range(9)]


def test_a_helper_that_died_while_nobody_needed_it_is_no_error(ready: None) -> None:
    if hands._spare():
        os.kill(hands._begun().result(), signal.SIGKILL)
        time.sleep(0.5)
    assert sorted(hands.mapped(_twice, [(number,) for number in range(5)])) == [0, 2, 4, 6, 8]


def test_a_helper_that_dies_is_no_error_and_the_next_file_has_helpers_again(ready: None) -> None:
    hands.released(hands.lend([(_fall, (UUID(int=0), make.NOW, make.TODAY))]))
    assert sorted(hands.mapped(_twice, [(number,) for number in range(4)])) == [0, 2, 4, 6]
    assert hands.lend([]) == []
