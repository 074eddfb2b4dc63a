"""Two files that bring the same decisions under two items at the same moment store each decision once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake import selectors
from chengxin.intake.selectors import Summary
from chengxin.registry.models import Record

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, ROWS = 6, 40
ITEMS = (make.PENALTY, make.SIMPLE_PENALTY)


@pytest.fixture
def clerk() -> User:
    """A clerk whose subjects are known already: nobody waits for another who registers one."""
    make.law()
    clerk = filings.clerk(make.agency())
    filings.file(filings.as_csv(filings.rows(4)), clerk)
    return clerk


def filed(item: str, content: bytes, clerk: User, together: Barrier) -> Summary:
    try:
        together.wait(30)
        return selectors.summary(filings.file(content, clerk, name=f"{item}.csv", item=item))
    finally:
        connection.close()


def test_the_same_decisions_under_two_items_at_once_are_stored_once(clerk: User) -> None:
    together = Barrier(len(ITEMS))
    with ThreadPoolExecutor(len(ITEMS)) as pool:
        for number in range(1, ROUNDS + 1):
            before, content = Record.objects.count(), filings.as_csv(filings.rows(ROWS, start=number * ROWS))
            filing = [pool.submit(filed, item, content, clerk, together) for item in ITEMS]
            sent = [each.result() for each in filing]
            assert Record.objects.count() - before == ROWS
            assert (sum(each.admitted for each in sent), sum(each.returned for each in sent)) == (ROWS, ROWS)
