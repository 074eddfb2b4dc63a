"""No output contains a restored record: each one named in the table is made to speak before and after.

Before the restoration each must name the record, so that its silence afterwards means something.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import disclosures, factories, stages
from tests.factories import FIRM, NOW, TODAY

import chengxin
from chengxin.accounts.roles import Role
from chengxin.console.effects.outputs import OUTPUTS
from chengxin.disclosure import assisted, feed, open_data, own_file, publication, push, report
from chengxin.disclosure.portable import contents
from chengxin.disclosure.shapes import Answer, RowShown
from chengxin.disclosure.wire import Reply
from chengxin.supervision import selectors as supervision

pytestmark = pytest.mark.django_db
CANARY = "示金丝雀罚〔2026〕77号"
SOURCE = Path(chengxin.__path__[0])


class Province:
    """A firm with one record that can be restored, and everyone who may ask about it."""

    def __init__(self) -> None:
        self.stage = stages.listed_stage(document_no=CANARY)
        unit = factories.agency(factories.OTHER_AGENCY)
        self.officer = factories.user("officer", Role.ENQUIRER, of=unit)
        self.owner = self.stage.applicant
        self.made = report.build(disclosures.about_firm(self.officer, "supervision"), now=NOW, today=TODAY)
        ends = TODAY + timedelta(days=900)
        self.taker = feed.contract(unit, "supervision", "GX-1", since=TODAY, until=ends)
        self.pushed_to = feed.contract(unit, "supervision", "GX-2", since=TODAY, until=ends)
        push.register(self.pushed_to, "http://127.0.0.1:1/in", now=NOW)
        stages.imposed(self.stage)

    def restore(self) -> None:
        stages.restored(self.stage)

    def enquire(self, purpose: str) -> Answer:
        return disclosures.answer(disclosures.about_firm(self.officer, purpose))


def _numbers(rows: Iterable[RowShown]) -> str:
    """Return the document numbers, which rows leave out when they print themselves."""
    return " ".join(row.document_no for row in rows)


def _report(p: Province) -> str:
    made = report.build(disclosures.about_firm(p.officer, "supervision"), now=NOW, today=TODAY)
    own = report.build_own(p.stage.subject.id, p.owner, now=NOW, today=TODAY)
    return json.dumps([made.as_json(), own.as_json()], ensure_ascii=False)


def _earlier(p: Province) -> str:
    found = report.verify(p.made.number, p.made.verify_code, TODAY)
    return CANARY if found.validity == report.Validity.VALID else found.validity


def _feed(p: Province) -> str:
    feed.collect(NOW, TODAY)
    return feed.pull(p.taker, 0, now=NOW, today=TODAY).body + _pushed(p)


def _pushed(p: Province) -> str:
    """Return the body that is about to be pushed, as often as there is one; the recipient never answers."""
    job = push.claim(p.pushed_to.pk, now=NOW, today=TODAY)
    if job is None:
        return ""
    push.settle(job, Reply("timeout"), now=NOW - timedelta(days=1))
    return job.body.decode()


def _counter(p: Province) -> str:
    seen = assisted.look(p.stage.subject.id, "FW-1", officer=p.stage.centre, now=NOW, today=TODAY)
    return _numbers(each.row for each in seen.held)


def _statistics(p: Province) -> str:
    """Count without suppression what the public figures count; one record would be hidden as a small number."""
    published = publication.registry.published(TODAY).exclude(record__subject__kind="person")
    publication.statistics(TODAY)
    return CANARY * published.filter(document_no=CANARY).count()


PROBES: dict[str, Callable[[Province], str]] = {
    "organisation_page": lambda p: repr(asdict(publication.organisation_page(FIRM, TODAY))),  # type: ignore[arg-type]
    "latest": lambda p: repr(publication.latest("all", TODAY)),
    "statistics": _statistics,
    "lists": lambda p: repr(publication.listed("serious", TODAY)),
    "open_data": lambda p: json.dumps(list(open_data.rows(TODAY)), ensure_ascii=False, default=str),
    "enquiry": lambda p: _numbers(p.enquire("licensing").rows),
    "screening": lambda p: CANARY if p.enquire("screening").hit else "",
    "report": _report,
    "earlier_reports": _earlier,
    "portable": lambda p: repr(asdict(contents.read(p.stage.subject.id, p.owner, now=NOW, today=TODAY))),
    "own_file": lambda p: _numbers(
        each.row for each in own_file.read(p.stage.subject.id, p.owner, now=NOW, today=TODAY).held
    ),
    "counter": _counter,
    "measures": lambda p: CANARY * supervision.measures_in_force([p.stage.subject.id], TODAY).count(),
    "feed": _feed,
}


@pytest.fixture
def province(settings) -> Province:
    settings.CHENGXIN_PUSH_HOSTS = ["127.0.0.1"]
    return Province()


@pytest.mark.parametrize("code", PROBES)
def test_before_it_is_there_and_after_it_is_not(province, code):
    assert CANARY in PROBES[code](province)
    province.restore()
    assert CANARY not in PROBES[code](province)


def test_every_output_of_the_table_is_made_to_speak():
    assert set(PROBES) == {each.code for each in OUTPUTS if each.source}


@pytest.mark.parametrize("output", [each for each in OUTPUTS if each.source], ids=lambda each: each.code)
def test_the_function_named_in_the_table_exists(output):
    module, name = output.source.rsplit(".", 1)
    assert callable(getattr(importlib.import_module(module), name))


READERS = {
    "disclosure/assisted.py": "counter",
    "disclosure/catalogue_moves.py": "feed",
    "disclosure/feed.py": "feed",
    "disclosure/gate.py": "enquiry, screening",
    "disclosure/open_rows.py": "open_data",
    "disclosure/own_file.py": "own_file",
    "disclosure/portable/contents.py": "portable",
    "disclosure/public_figures.py": "no output: counts of a day, with small ones hidden",
    "disclosure/publication.py": "organisation_page, latest, statistics, lists",
    "disclosure/reports/issuing.py": "report",
    "disclosure/reports/states.py": "earlier_reports",
    "intake/declared.py": "no output: how many records stand under a name that somebody has to judge, as a number",
    "monitoring/ended.py": "no output: which records the public page of a recipient must show no more",
    "rights/bankruptcy.py": "no output: which records a reorganisation hides",
    "rights/eligibility.py": "no output: another record of the same subject as a condition of restoring this one",
    "supervision/selectors.py": "measures",
}
READS = re.compile(r"\b(registry|records|selectors)\.(published|in_use|held|present_versions)\(|\bhot\.standing\(")


def test_nobody_else_reads_standing_records():
    """A new reader is a new output, and belongs into the table with a probe."""
    above = [(name, text) for name, text in _modules() if not name.startswith("registry/")]
    assert {name for name, text in above if READS.search(text)} == set(READERS)


def _modules() -> list[tuple[str, str]]:
    return [(path.relative_to(SOURCE).as_posix(), path.read_text()) for path in SOURCE.rglob("*.py")]


def test_there_is_no_cache_to_clear():
    """The row that says so stops being true the day an answer is kept in Django's cache."""
    kept = re.compile(r"django\.core\.cache|cache_page|UpdateCacheMiddleware")
    assert [name for name, text in _modules() if kept.search(text)] == []


def test_there_is_no_evaluation_to_correct():
    """The row that says so must move to the others when a room for evaluation is built."""
    assert [name for name, _text in _modules() if "evaluation" in name] == []


def test_the_statement_about_what_is_missing_is_in_the_table() -> None:
    missing: Any = {each.code for each in OUTPUTS if not each.source}
    assert missing == {"evaluation", "caches"}
