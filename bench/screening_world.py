"""A province for the benchmarks of screening and of the open site: named organisations with ten records each, one in a
hundred listed, some under a measure, two of ten records a licence, the others penalties.

Rows go in by the bulk loader and, the many, by one statement inside the database, without ledger entries of their own:
what is measured is reading, not intake. With CHENGXIN_BENCH_HOME set a load goes on where it was cut short.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

RECORDS, LISTED_EVERY, RESTRAINED_EVERY, PIECE = 10, 100, 200, 50_000
LICENCES = (1, 2)
REGION = "320100"
# What the page of a record shows, as long as it is in life.
PENALTY = {
    "CF_CFLB": "罚款", "CF_WFXW": "超过核定载质量运输货物", "CF_NR": "责令改正，处以罚款人民币伍仟元整。",
    "CF_YJ": "《中华人民共和国公路法》第五十条、第七十六条第五项，《公路安全保护条例》第六十四条",
    "CF_SY": "当事人的车辆在省道示例段经检测超过核定载质量百分之十二，当事人对事实没有异议。",
    "CF_NR_FK": {"fen": 500000, "original": "0.5", "unit": "万元"}, "CF_JDRQ": "2026-11-12",
    "CF_CFJG": "示例省交通运输厅",
}  # fmt: skip
LICENCE = {
    "XK_XKWS": "道路货物运输经营许可决定书", "XK_XKLB": "普通", "XK_XKZS": "道路运输经营许可证",
    "XK_NR": "准予从事道路普通货物运输。", "XK_YXQZI": "2029-12-31", "XK_XKJG": "示例省交通运输厅",
}  # fmt: skip


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
    """Fill the database and return what the benchmark needs of it.

    A piece is one transaction, so a load that was cut short goes on behind the last whole piece.
    """
    from django.db import connection, transaction
    from tests import factories as made

    from chengxin.accounts import clients
    from chengxin.accounts.models import Agency
    from chengxin.accounts.roles import Role
    from chengxin.registry.models import Organisation
    from chengxin.ui import clock

    made.law()
    now = clock.now()
    run = f"{now:%H%M%S%f}"  # People of an earlier run may be there already.
    unit = Agency.objects.filter(uscc=made.OTHER_AGENCY).first() or made.agency(made.OTHER_AGENCY)
    actor = made.user(f"bench{run}", Role.ENQUIRER, of=unit)
    token = clients.issue(unit, ["procurement"], made.user(f"operator{run}", Role.CENTRE_OPERATOR), now).token
    everybody, start = list(codes(count)), Organisation.objects.filter(region=REGION).count()
    if start < count:
        shared = _shared(made, now, run)
        for first in range(start, count, PIECE):
            with transaction.atomic():
                _piece(everybody[first : min(first + PIECE, count)], first, shared, now)
            print(f"  {min(first + PIECE, count):,} of {count:,} subjects", flush=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return World(actor, token, everybody, now.date(), now)


@dataclass(frozen=True)
class _Shared:
    entry: int
    penalty: int
    listing: int
    licence: int
    clerk: Any
    decider: Any
    notice: Any
    agency: Any


def _shared(made: Any, now: datetime, run: str) -> _Shared:
    from django.db import transaction

    from chengxin.accounts.models import Agency
    from chengxin.accounts.roles import Role
    from chengxin.cases.services import serve_notice
    from chengxin.catalogue import selectors as catalogue
    from chengxin.ledger import services as ledger

    agency = Agency.objects.filter(uscc=made.AGENCY).first() or made.agency()
    with transaction.atomic():
        entry = ledger.append("bench", {}, now=now)
        notice = serve_notice(uuid.uuid4(), "measure_imposed", "告知书", "告知书", now=now, link="/mine/")
    items = [catalogue.version_in_force(code, now.date()).pk for code in ("JS-CF-01", "JS-YZ-01", "JS-XK-01")]
    people = [made.user(f"{r.value}{run}", r, of=agency).pk for r in (Role.SOURCE_CLERK, Role.DECIDER)]
    return _Shared(entry.pk, *items, *people, notice.pk, agency.pk)


def _piece(some: list[str], first: int, shared: _Shared, now: datetime) -> None:
    """Write one piece: subjects, each with a key of its own, row by row; their records inside the database."""
    from bench.name_world import mixed
    from django.db import connection

    from chengxin.registry.models import Organisation, OrganisationName, Subject
    from chengxin.rules.names import organisation_key
    from chengxin.storage.bulk import insert_rows, ordered_uuids
    from chengxin.vault.services import new_keys

    subjects, keys = ordered_uuids(len(some), now), new_keys(len(some), now)
    owned = [(s, "organisation", now, key.pk) for s, key in zip(subjects, keys, strict=True)]
    insert_rows(Subject, ("id", "kind", "since", "key_id"), owned)
    columns = ("subject_id", "uscc", "code_exempt", "region")
    insert_rows(Organisation, columns, [(s, code, False, REGION) for s, code in zip(subjects, some, strict=True)])
    names = list(mixed(len(some), first + 1))
    known = [(s, name, organisation_key(name), now.date()) for s, name in zip(subjects, names, strict=True)]
    insert_rows(OrganisationName, ("subject_id", "name", "key", "since"), known)
    native = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE piece (n integer PRIMARY KEY, subject {'uuid' if native else 'char(32)'})")
        numbered = [(first + n, s if native else s.hex) for n, s in enumerate(subjects)]
        cursor.executemany("INSERT INTO piece VALUES (%s, %s)", numbered)
        if native:  # What a foreign key points to was written a moment ago, or stands in ``shared``.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for number in range(RECORDS):
            _records(cursor, number, native, shared, now)
        cursor.execute("DROP TABLE piece")
    _restrain(first, first + len(some), shared, now)


def _records(cursor: Any, number: int, native: bool, shared: _Shared, now: datetime) -> None:
    """Write one record and version for each subject of the piece: those of one subject lie far apart, as in life."""
    name = f"(n * {RECORDS} + {number})"
    digits = f"lpad(to_hex({name}), %d, '0')" if native else f"printf('%%0%dx', {name})"
    identity = digits % 32 + ("::uuid" if native else "")
    licence = number in LICENCES
    item = str(shared.licence if licence else shared.penalty)
    if number == 0:
        item = f"CASE WHEN n % {LISTED_EVERY} = 0 THEN {shared.listing} ELSE {shared.penalty} END"
    written = {"id": identity, "subject_id": "subject", "item_id": item, "evidence": "'code'",
               "sameness": digits % 64, "admitted_at": now}  # fmt: skip
    _select(cursor, "registry_record", written, native)
    version = {"record_id": identity, **_version(shared, now), **(_LICENSED if licence else {})}
    version["content"] = _text(json.dumps(LICENCE if licence else PENALTY, ensure_ascii=False))
    version["document_no"] = f"'示〔2026〕' || {name} || '号'"
    _select(cursor, "registry_recordversion", version, native)


_LICENSED = {"nature": "'neutral'", "grade": "''"}


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _select(cursor: Any, table: str, columns: dict[str, Any], native: bool) -> None:
    """Insert one row for each row of the piece; a text is an expression, anything else a literal."""
    values = [value if isinstance(value, str) else _literal(value, native) for value in columns.values()]
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM piece ORDER BY n")


def _literal(value: Any, native: bool) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return ("true" if value else "false") if native else str(int(value))
    if isinstance(value, datetime) and not native:
        from datetime import UTC

        return f"'{value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"
    return f"'{value.isoformat()}'" if isinstance(value, date) else str(value)


def _version(shared: _Shared, now: datetime) -> dict[str, Any]:
    day = now.date()
    return {
        "number": 1, "known_from": now, "known_until": None, "cause": "'admitted'", "cause_ref": "''",
        "document_no": "'示〔2026〕1号'", "document_date": day, "authority_code": "'113201990000000438'",
        "authority_name": "'示例单位438'", "nature": "'negative'", "grade": "'serious'", "publicity": "'public'",
        "content": "'{}'", "sealed": None, "anchor": "''", "public_from": day, "public_until": None,
        "use_until": day + timedelta(days=900), "restorable_from": None, "derived_by": "''", "notified_at": now,
        "ended_at": None, "link_suspended": False, "entry_id": shared.entry,
    }  # fmt: skip


def _restrain(first: int, last: int, shared: _Shared, now: datetime) -> None:
    """Put the first record of every second listed subject under a measure."""
    from chengxin.storage.bulk import insert_rows
    from chengxin.supervision.models import Measure, MeasureProposal

    start = -(-first // RESTRAINED_EVERY) * RESTRAINED_EVERY
    listed = [uuid.UUID(int=n * RECORDS) for n in range(start, last, RESTRAINED_EVERY)]
    proposals, measures = _measures(listed, shared, now)
    if proposals:
        insert_rows(MeasureProposal, tuple(proposals[0]), [tuple(each.values()) for each in proposals])
        insert_rows(Measure, tuple(measures[0]), [tuple(each.values()) for each in measures])


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
