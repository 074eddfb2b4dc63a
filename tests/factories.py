"""Small builders of real rows for tests; every person is synthetic, in an unassigned division."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chengxin.accounts import services as accounts
from chengxin.accounts.models import Agency, User
from chengxin.accounts.roles import Role
from chengxin.catalogue import lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.catalogue.models import Item, ItemVersion
from chengxin.catalogue.services import load_law
from chengxin.registry import services as registry
from chengxin.registry.assessment import assess
from chengxin.registry.drafts import Draft
from chengxin.registry.models import Subject
from chengxin.registry.subjects import PersonFacts, give_mandate, register_organisation, register_person
from chengxin.rules.catalogue_items import ItemDefinition
from chengxin.rules.identifiers.verdict import CodeKind

TODAY = date(2026, 11, 20)
NOW = datetime.combine(TODAY, time(9, 30), ZoneInfo("Asia/Shanghai"))
# Tests that move the day keep the hour at which they are run, so what has to be there by then is made at midnight.
MIDNIGHT = NOW.replace(hour=0, minute=0)
FIRM, OTHER_FIRM = "91320199MA00000156", "91320199MA00000T4W"
CITIZEN, OTHER_CITIZEN = "320199198002290012", "320199199912310021"
PENALTY, SIMPLE_PENALTY, LICENCE, HONOUR = "JS-CF-01", "JS-CF-02", "JS-XK-01", "JS-RY-01"
AGENCY, OTHER_AGENCY = "113201990000000438", "123201990000000510"
_COLUMNS = [field.name for field in ItemVersion._meta.concrete_fields if field.name not in ("id", "item")]


_WRITTEN: dict[tuple[ItemDefinition, ...], list[tuple[str, dict[str, Any]]]] = {}
"""What the first loading of a law directory has written in this process: the item's code and the version's columns."""


def law() -> None:
    """Load the catalogue; an empty one takes the rows of this process's first loading, in two statements."""
    empty, items = not Item.objects.exists(), lawbook.library().items
    if empty and items in _WRITTEN:
        placed = Item.objects.bulk_create(Item(code=code) for code in dict(_WRITTEN[items]))
        by_code = {item.code: item for item in placed}
        ItemVersion.objects.bulk_create(ItemVersion(item=by_code[code], **row) for code, row in _WRITTEN[items])
        return
    load_law(NOW)
    if empty:
        rows = ItemVersion.objects.order_by("id").values("item__code", *_COLUMNS)
        _WRITTEN[items] = [(row.pop("item__code"), row) for row in rows]


def agency(code: str = AGENCY, **functions: bool) -> Agency:
    """Return an agency that files and queries unless told otherwise."""
    functions = functions or {"files_records": True, "queries_records": True}
    return accounts.register_agency(code, f"示例单位{code[-3:]}", f"Demo agency {code[-3:]}", "320100", **functions)


def user(name: str, *roles: Role, of: Agency | None = None, region: str = "") -> User:
    """Return a user with roles."""
    return accounts.register_user(name, f"测试{name}", agency=of, roles=roles, region=region)


def firm(code: str = FIRM, name: str = "栖云望舒食品有限公司") -> Subject:
    """Return an organisation."""
    return register_organisation(code, name, today=TODAY, now=NOW)


def person(number: str = CITIZEN, name: str = "沈清和") -> Subject:
    """Return an adult's file."""
    return register_person(PersonFacts(CodeKind.CITIZEN_ID, number, name), today=TODAY, now=NOW)


def citizen(subject: Subject, name: str = "citizen") -> User:
    """Return a user who is the subject, or who represents it."""
    role = Role.CITIZEN if subject.kind == "person" else Role.ORGANISATION_REPRESENTATIVE
    account = user(name, role)
    give_mandate(account, subject, NOW)
    return account


def penalty_content(fen: int = 500_000, category: str = "罚款") -> dict[str, Any]:
    """Return the typed content of a penalty; only a fine has an amount."""
    fine = {"CF_NR_FK": {"fen": fen, "original": f"{fen / 1_000_000:g}", "unit": "万元"}} if "罚款" in category else {}
    return {"CF_CFLB": category, "CF_WFXW": "超限运输货物", "CF_NR": "罚款"} | fine


def draft(subject: Subject, *, item: str = PENALTY, decided: date = date(2026, 11, 12), **changed: Any) -> Draft:
    """Return a draft of a record, a fine of 5,000 yuan unless told otherwise."""
    version = catalogue.version_in_force(item, TODAY)
    content = changed.pop("content", penalty_content())
    authority = changed.pop("authority_name", "示例省交通运输厅")
    assessed = assess(
        version,
        subject.kind,
        content,
        document_date=decided,
        authority_name=authority,
        publicised_on=changed.pop("on", TODAY),
        on=changed.pop("law_on", TODAY),
    )
    columns = {"document_no": "示交罚〔2026〕1号", "authority_code": AGENCY, "evidence": "code+name", **changed}
    return Draft(
        subject, version, document_date=decided, authority_name=authority, assessed=assessed, content=content, **columns
    )


def record(subject: Subject, **changed: Any) -> UUID:
    """Admit one record and return its id."""
    placed = registry.admit_records([draft(subject, **changed)], now=NOW)[0]
    assert placed is not None
    return placed
