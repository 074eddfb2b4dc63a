"""A province for the screening benchmark: organisations with ten records each, one in a hundred listed, some under a
measure. Rows go in by the bulk loader, without ledger entries of their own: what is measured is reading, not intake.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

RECORDS, LISTED_EVERY, PIECE = 10, 100, 20_000


@dataclass(frozen=True)
class World:
    """Who asks, with which token, and the codes of everybody there is."""

    actor: Any
    token: str
    codes: list[str]
    today: date
    now: datetime


def codes(count: int) -> Iterator[str]:
    """Yield valid synthetic codes of an unassigned division."""
    from chengxin.rules.identifiers.orgcode import org_check_char
    from chengxin.rules.identifiers.uscc import uscc_check_char

    for number in range(count):
        inner = f"MA{number:06d}"
        body = f"91320199{inner}{org_check_char(inner)}"
        yield body + uscc_check_char(body)


def build(count: int) -> World:
    """Fill the database and return what the benchmark needs of it."""
    from django.db import connection, transaction
    from tests import factories as made

    from chengxin.accounts import clients
    from chengxin.accounts.roles import Role
    from chengxin.ui import clock

    made.law()
    unit = made.agency(made.OTHER_AGENCY)
    actor = made.user("bench", Role.ENQUIRER, of=unit)
    now = clock.now()
    token = clients.issue(unit, ["procurement"], made.user("operator", Role.CENTRE_OPERATOR), now).token
    shared = _shared(made, now)
    everybody = list(codes(count))
    for start in range(0, count, PIECE):
        with transaction.atomic():
            _piece(everybody[start : start + PIECE], start, shared, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return World(actor, token, everybody, now.date(), now)


@dataclass(frozen=True)
class _Shared:
    key: Any
    entry: int
    penalty: int
    listing: int
    clerk: Any
    decider: Any
    notice: Any
    agency: Any


def _shared(made: Any, now: datetime) -> _Shared:
    from django.db import transaction

    from chengxin.accounts.roles import Role
    from chengxin.cases.services import serve_notice
    from chengxin.catalogue import selectors as catalogue
    from chengxin.ledger import services as ledger
    from chengxin.vault import services as vault

    agency = made.agency()
    with transaction.atomic():
        entry = ledger.append("bench", {}, now=now)
        notice = serve_notice(uuid.uuid4(), "measure_imposed", "告知书", "告知书", now=now, link="/mine/")
    items = [catalogue.version_in_force(code, now.date()).pk for code in ("JS-CF-01", "JS-YZ-01")]
    people = [made.user(role.value, role, of=agency).pk for role in (Role.SOURCE_CLERK, Role.DECIDER)]
    return _Shared(vault.new_key(now).pk, entry.pk, *items, *people, notice.pk, agency.pk)


def _piece(some: list[str], first: int, shared: _Shared, now: datetime) -> None:
    from chengxin.registry.models import Organisation, Record, RecordVersion, Subject
    from chengxin.storage.bulk import insert_rows
    from chengxin.supervision.models import Measure, MeasureProposal

    subjects = [(uuid.uuid4(), code) for code in some]
    insert_rows(Subject, ("id", "kind", "since", "key_id"), [(s, "organisation", now, shared.key) for s, _ in subjects])
    columns = ("subject_id", "uscc", "code_exempt", "region")
    insert_rows(Organisation, columns, [(s, code, False, "320100") for s, code in subjects])
    records = [
        (uuid.uuid4(), s, shared.listing if n == 0 and (first + place) % LISTED_EVERY == 0 else shared.penalty)
        for place, (s, _code) in enumerate(subjects)
        for n in range(RECORDS)
    ]
    columns = ("id", "subject_id", "item_id", "evidence", "sameness", "admitted_at")
    rows = ((r, s, item, "code", hashlib.sha256(r.bytes).hexdigest(), now) for r, s, item in records)
    insert_rows(Record, columns, rows)
    version = _version(shared, now)
    insert_rows(RecordVersion, ("record_id", *version), ((r, *version.values()) for r, _s, _i in records))
    listed = [r for r, _s, item in records if item == shared.listing][::2]
    proposals, measures = _measures(listed, shared, now)
    insert_rows(MeasureProposal, tuple(proposals[0]), [tuple(each.values()) for each in proposals])
    insert_rows(Measure, tuple(measures[0]), [tuple(each.values()) for each in measures])


def _version(shared: _Shared, now: datetime) -> dict[str, Any]:
    day = now.date()
    return {
        "number": 1, "known_from": now, "known_until": None, "cause": "admitted", "cause_ref": "",
        "document_no": "示〔2026〕1号", "document_date": day, "authority_code": "113201990000000438",
        "authority_name": "示例单位438", "nature": "negative", "grade": "serious", "publicity": "public",
        "content": {}, "sealed": None, "anchor": "", "public_from": day, "public_until": None,
        "use_until": day + timedelta(days=900), "restorable_from": None, "derivation": [], "notified_at": now,
        "ended_at": None, "link_suspended": False, "entry_id": shared.entry,
    }  # fmt: skip


def _measures(
    records: list[uuid.UUID], shared: _Shared, now: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    days = {"starts_on": now.date(), "ends_on": now.date() + timedelta(days=90)}
    about = {"code": "A-05", "reason": "列入名单", **days}
    proposals = [
        {"id": uuid.uuid4(), "record_id": r, "agency_id": shared.agency, "proposed_by_id": shared.clerk,
         "proposed_at": now, "record_version": 1, **about}
        for r in records
    ]  # fmt: skip
    measures = [
        {"id": uuid.uuid4(), "proposal_id": each["id"], "record_id": each["record_id"], **about,
         "name_zh": "政府采购活动限制", "name_en": "Barred from government procurement", "measure_class": "A",
         "basis_instrument": "政府采购法", "basis_article": "第二十二条", "basis_rank": "law",
         "remedy": "可以申请行政复议。",
         "decision_no": "示决〔2026〕3号", "proposed_by_id": shared.clerk, "decided_by_id": shared.decider,
         "decided_at": now, "notice_id": shared.notice, "record_use_until": now.date() + timedelta(days=900),
         "lifted_at": None, "lift_ref": None}
        for each in proposals
    ]  # fmt: skip
    return proposals, measures
