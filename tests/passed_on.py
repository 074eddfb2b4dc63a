"""What leaves the platform about a person in other ways than a page: taken along, approved, listed, watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.disclosure import open_data, public_figures
from chengxin.disclosure.orders import approvals, orders
from chengxin.disclosure.portable import services as portable
from chengxin.disclosure.screening import services as screening
from chengxin.disclosure.services import Refused
from chengxin.registry.models import Subject
from chengxin.rules.errors import Refusal
from chengxin.vault.sdjwt import jose
from tests import disclosures, factories, screenings
from tests.everybody import SENSITIVE, WHY, ticket, unpacked, wanted
from tests.factories import NOW, TODAY

TOLD = {"now": NOW, "today": TODAY}


@dataclass
class PassedOn:
    """The numbers and names under which all of it is asked for again."""

    officer: User
    owner: User
    approval: Any
    order: Any
    carried: Any
    ticket: int
    files: list[str]


def pass_on(officer: User, owner: User, person: Subject, auditor: User) -> PassedOn:
    """Do once what this module knows; the order has run to its end, and nobody has taken its results yet."""
    second = factories.user("second", Role.ENQUIRER, of=officer.agency)
    asked = approvals.ask(_sensitive(officer), **TOLD)
    approvals.decide(asked.pk, second, approve=True, answer="", **TOLD)
    order = orders.place(wanted(), officer, **TOLD)
    orders.decide(order.pk, second, approve=True, answer="", **TOLD)
    orders.run(order.pk, officer, **TOLD)
    carried = portable.issue(person.id, owner, portable.Wish("http://testserver", 5), **TOLD)
    screening.register(screenings.request(officer, screenings.THE_FIRM), **TOLD)
    public_figures.make(**TOLD)
    files = [each.name for each in open_data.make(**TOLD).files]
    found = ticket(officer, person.id, auditor)
    return PassedOn(officer, owner, asked.pk, order.pk, carried.pk, found, files)


def _sensitive(officer: User, **changed: Any) -> Any:
    put = {"statute": disclosures.article(SENSITIVE), "reason": WHY, **changed}
    return disclosures.about_person(officer, SENSITIVE, **put)


def approved_enquiry(p: PassedOn) -> str:
    """Ask what was approved."""
    try:
        return repr_of(disclosures.answer(_sensitive(p.officer, approval_id=p.approval)))
    except Refused as refusal:
        return refusal.zh


def repr_of(answer: Any) -> str:
    """Return everything an answer says."""
    return " ".join(
        [*(f"{row.document_no} {[each.value for each in row.fields]}" for row in answer.rows), answer.outcome]
    )


def taken_order(p: PassedOn) -> str:
    """Take the results of the order."""
    return unpacked(orders.take(p.order, p.officer, **TOLD)).decode()


def presentation(p: PassedOn) -> str:
    """Show all of the portable report to somebody, and read what they read."""
    try:
        keys = tuple(part.key for part in portable.open_report(p.carried, p.owner, now=NOW).parts)
        token = portable.show(p.carried, p.owner, portable.Showing(keys, "栖云示范银行", "8317"), **TOLD)
    except Refusal as refusal:
        return refusal.zh
    return "".join(jose.decode(piece).decode(errors="replace") for piece in token.replace("~", ".").split(".") if piece)


def edition() -> str:
    """Make today's edition of the open data anew and read all of it."""
    made = open_data.make(**TOLD)
    return "".join(unpacked(open_data.path_of(made, each.name).read_bytes()).decode() for each in made.files)


def watched(p: PassedOn) -> str:
    """Return what the watch tells."""
    screening.run(**TOLD)
    return repr(screening.events(p.officer.agency, 0, 100))
