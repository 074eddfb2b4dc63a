"""带走我的全部信息: everything held about a subject in one signed file, for the subject alone; nothing in it is masked.

PIPL 45 (the right to a copy and to take it elsewhere). The file is the evidence that the offline verifier reads: its
``text`` is canonical JSON (RFC 8785), of which digest and signature are. Making it is a read like any other, and its
digest is a leaf of its own.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import rfc8785
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from chengxin.accounts import selectors as accounts
from chengxin.accounts.models import User
from chengxin.cases import documents_pdf
from chengxin.disclosure import authorisations, own_file, own_looks
from chengxin.disclosure.models import Authorisation
from chengxin.disclosure.open_files import FORMULA
from chengxin.disclosure.own_file import Held, OwnFile
from chengxin.disclosure.own_looks import Look, WhoLooked
from chengxin.disclosure.reports.shapes import digest_of
from chengxin.disclosure.shapes import ServiceRefused
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.registry.sealing import open_certificate

FORMAT = "chengxin own file v1"
LEAF_KIND = "own_file_copy"
HEADS = (
    "时间",
    "单位",
    "角色",
    "用途",
    "依据类型",
    "依据",
    "事项编号",
    "结果",
    "目录项",
    "记录条数",
    "看到的字段",
    "其中未遮盖",
    "存证序号",
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A signed copy: its number, and the evidence file to keep."""

    number: str
    evidence: dict[str, object]


def whole(subject_id: UUID, actor: User, *, now: datetime, today: date) -> Copy:
    """Return a signed copy of everything held about a subject; raises NotYours or ServiceRefused.

    Records in full, contested ones too; what is hidden or was taken back, without content; every look, and those still
    withheld as a count with article and last day; authorisations; notices.
    """
    own = own_file.read(subject_id, actor, now=now, today=today)
    looks = own_looks.who_looked(subject_id, actor, now=now)
    number = f"DA{today:%Y%m%d}{own.access.hex[:10].upper()}"
    body = _canonical({"format": FORMAT, "number": number, "made_at": now, **_content(own, looks, today)})
    digest = digest_of(body)
    try:
        with transaction.atomic(durable=True):
            payload = {"subject": subject_id, "access": own.access}
            entry = ledger.append(LEAF_KIND, payload, now=now, public={"digest": digest})
    except Exception:  # Whatever it was, the leaf does not stand, and so nothing is handed out (charter C09).
        raise ServiceRefused from None
    proof = documents_pdf.evidence_of(number, digest, entry.pk, now=now)
    return Copy(number, documents_pdf.as_file(proof, body.decode()))


def _canonical(content: dict[str, Any]) -> bytes:
    return rfc8785.dumps(json.loads(json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False)))


def _content(own: OwnFile, looks: WhoLooked, today: date) -> dict[str, Any]:
    return {
        "as_of": own.as_of,
        "subject": _subject(own),
        "records": [_record(each) for each in own.held],
        "hidden": [asdict(each) for each in own.hidden],
        "taken_back": [asdict(each) for each in own.taken_back],
        "looks": [asdict(each) for each in looks.looks],
        "withheld": [asdict(each) for each in looks.withheld],
        "authorisations": [_authorisation(each, today) for each in authorisations.of_subject(own.subject)],
        "notices": list(
            accounts.inbox([own.subject]).values("kind", "title", "body", "delivered_at", "read_at").iterator()
        ),
        "read": {"access": own.access, "entry": own.entry},
    }


def _subject(own: OwnFile) -> dict[str, str]:
    subject = registry.subject(own.subject)
    assert subject is not None
    if own.kind != "person":
        return {"kind": own.kind, "name": own.name, "code_kind": "uscc", "code": subject.organisation.uscc}
    kind = subject.person.certificate_kind
    return {"kind": own.kind, "name": own.name, "code_kind": kind, "code": open_certificate(subject)}


def _record(held: Held) -> dict[str, Any]:
    """Return one record with everything its subject may know of it."""
    found = asdict(held)
    return {**found.pop("row"), **found}


def _authorisation(each: Authorisation, today: date) -> dict[str, Any]:
    return {
        "authorisation": each.pk,
        "unit": each.grantee.name_zh,
        "unit_code": each.grantee.uscc,
        "purpose": each.purpose,
        "items": list(each.item_codes),
        "days": each.days,
        "once": each.once,
        "state": authorisations.state(each, today),
        "asked_at": each.asked_at,
        "granted_at": each.granted_at,
        "declined_at": each.declined_at,
        "withdrawn_at": each.withdrawn_at,
        "used_at": each.used_at,
        "since": each.since,
        "until": each.until,
        "digest": each.digest,
    }


def looks_table(subject_id: UUID, actor: User, *, now: datetime) -> bytes:
    """Return every look that may be seen as CSV in UTF-8 with a mark, which spreadsheets need; raises NotYours."""
    found = own_looks.who_looked(subject_id, actor, now=now)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows(_cells(look) for look in found.looks)
    writer.writerows([_later(each) for each in found.withheld])
    return ("\ufeff" + out.getvalue()).encode()


def _cells(look: Look) -> list[str]:
    cells = (
        *(look.at.isoformat(), look.agency_zh, look.role, look.purpose_zh or look.purpose, look.basis_kind),
        *(look.basis_ref, look.matter_no, look.outcome, _joined(look.item_codes), look.record_count),
        *(_joined(look.fields), _joined(look.shown), look.entry),
    )
    return [_plain(str(each)) for each in cells]


def _later(each: own_looks.Withheld) -> list[str]:
    return [_plain(f"另有 {each.count} 次查询依{each.basis}暂不显示，最晚 {each.latest:%Y-%m-%d} 显示。")]


def _joined(codes: Iterable[str]) -> str:
    return " ".join(codes)


def _plain(text: str) -> str:
    """Return a cell that no spreadsheet programme takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
