"""Small builders of screenings for tests: a listed firm, a measure on it, a request about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.catalogue import lawbook
from chengxin.disclosure.screening.asking import ask
from chengxin.disclosure.screening.shapes import Asked, Reply, Screening
from chengxin.registry.models import Subject
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.supervision import services as supervision
from chengxin.supervision.models import Measure
from tests import factories
from tests.factories import CITIZEN, FIRM, NOW, TODAY

SERIOUS, ENFORCEMENT = "JS-YZ-01", "JS-SF-01"
MATTER_NO = "苏采〔2026〕77号"
FIRM_NAME, PERSON_NAME = "栖云望舒食品有限公司", "沈清和"
THE_FIRM = Asked("organisation", CodeKind.USCC, FIRM)
THE_PERSON = Asked("person", CodeKind.CITIZEN_ID, CITIZEN, PERSON_NAME)


def article(matter: str, on: date = TODAY) -> str:
    """Return the first article a matter's purpose stands on."""
    return str(lawbook.purpose(lawbook.matter(matter, on).purpose, on).basis[0])


def request(actor: User, *subjects: Asked, matter: str = "government_procurement", **changed: Any) -> Screening:
    """Return a complete request; tests take one part away."""
    known = {each.code for each in lawbook.matters(TODAY)}
    parts = {"matter_no": MATTER_NO, "statute": article(matter) if matter in known else "", **changed}
    return Screening(actor=actor, matter=matter, subjects=subjects or (THE_FIRM,), **parts)


def screened(actor: User, *subjects: Asked, **changed: Any) -> Reply:
    """Return the reply today unless told another day."""
    today = changed.pop("today", TODAY)
    return ask(request(actor, *subjects, **changed), now=NOW + (today - TODAY), today=today)


def officer(name: str = "officer") -> User:
    """Return somebody who may screen."""
    return factories.user(name, Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))


def listing(subject: Subject, item: str = SERIOUS, **changed: Any) -> UUID:
    """Put a subject on a list and return the record."""
    return factories.record(subject, item=item, document_no=f"示列〔2026〕{item[3:5]}号", content={}, **changed)


def measure(record: UUID, code: str = "A-05", days: int = 90) -> Measure:
    """Propose, decide and serve a measure on a record."""
    number = Measure.objects.count()
    clerk = factories.user(f"clerk{number}", Role.SOURCE_CLERK, of=factories.agency())
    decider = factories.user(f"decider{number}", Role.DECIDER, of=factories.agency())
    proposal = supervision.propose(
        record, code, reason="列入名单", starts_on=TODAY, ends_on=TODAY + timedelta(days=days),
        actor=clerk, now=NOW, today=TODAY,
    )  # fmt: skip
    return supervision.impose(
        proposal.pk, decision_no="示决〔2026〕3号", remedy="六十日内可以申请行政复议。", decided_by=decider,
        now=NOW, today=TODAY,
    )  # fmt: skip
