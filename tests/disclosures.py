"""Small builders of enquiries for tests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.disclosure import authorisations
from chengxin.disclosure.models import Authorisation
from chengxin.disclosure.services import Answer, Enquiry, disclose
from chengxin.rules.identifiers.verdict import CodeKind
from tests.factories import CITIZEN, FIRM, NOW, PENALTY, TODAY

FIRM_NAME, PERSON_NAME = "栖云望舒食品有限公司", "沈清和"


def article(purpose: str) -> str:
    """Return the first article a purpose stands on."""
    return str(lawbook.purpose(purpose, TODAY).basis[0])


def matter(purpose: str) -> str:
    """Return the first kind of matter a purpose is bound to; nothing where any matter will do."""
    known = next((each for each in lawbook.purposes(TODAY) if each.code == purpose), None)
    return known.matters[0] if known and known.matters else ""


def about_person(actor: User, purpose: str = "licensing", **changed: Any) -> Enquiry:
    """Return a complete enquiry about the person under a statute; tests take one part away."""
    parts: dict[str, Any] = {
        "statute": article(purpose) if purpose == "licensing" else "",
        "matter_no": "苏办〔2026〕118号",
        "matter": matter(purpose),
        "code_kind": CodeKind.CITIZEN_ID,
        "code": CITIZEN,
        "name": PERSON_NAME,
        "subject_kind": "person",
        **changed,
    }
    return Enquiry(actor=actor, purpose=purpose, **parts)


def about_firm(actor: User, purpose: str = "licensing", **changed: Any) -> Enquiry:
    """Return a complete enquiry about the firm under a statute."""
    parts: dict[str, Any] = {
        "statute": article(purpose),
        "matter_no": "苏办〔2026〕118号",
        "matter": matter(purpose),
        "code_kind": CodeKind.USCC,
        "code": FIRM,
        "name": FIRM_NAME,
        "subject_kind": "organisation",
        **changed,
    }
    return Enquiry(actor=actor, purpose=purpose, **parts)


def answer(enquiry: Enquiry, **changed: Any) -> Answer:
    """Return the gate's answer today unless told another day."""
    return disclose(enquiry, **{"now": NOW, "today": TODAY, **changed})


def allowed(
    actor: User,
    citizen: User,
    *,
    purpose: str = "bank_credit",
    now: datetime = NOW,
    today: date = TODAY,
    **changed: Any,
) -> Authorisation:
    """Return an authorisation asked for by an officer and granted by the person."""
    request = authorisations.Ask(purpose, CodeKind.CITIZEN_ID, CITIZEN, PERSON_NAME, (PENALTY,), **changed)
    asked = authorisations.ask(request, actor, now=now, today=today)
    return authorisations.grant(asked.pk, citizen, now=now, today=today)
