"""授权记录: one authorisation as a machine reads it, after ISO/IEC TS 27560 and the Account Aggregator's artefact.

Pure: facts in, plain JSON types out. It names no person: the subject is a pseudonym that only one unit knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

SCHEMA: Final = "urn:chengxin:authorisation:1"
PROFILE: Final = "ISO/IEC TS 27560:2023"
AGGREGATOR_VERSION: Final = "2.0.0"
CIVIL: Final = timezone(timedelta(hours=8))
"""Days of an authorisation are days in China, whose clocks have not changed since 1991."""

STATUSES: Final = {
    "asked": "PENDING",
    "granted": "ACTIVE",
    "ending": "ACTIVE",
    "declined": "REJECTED",
    "withdrawn": "REVOKED",
    "expired": "EXPIRED",
}
"""What an authorisation is after each act; ``used`` depends on whether it was for once."""
_ACTORS: Final = {"asked": "recipient", "used": "recipient", "ending": "platform", "expired": "platform"}


@dataclass(frozen=True, slots=True)
class Event:
    """One act and its moment: asked, granted, declined, used, withdrawn, ending (notice given) or expired."""

    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation, by its unified social credit code and names."""

    uscc: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ItemScope:
    """One catalogue item and how the unit sees the fields of its records: by field code."""

    code: str
    zh: str
    en: str
    clear: tuple[str, ...]
    trimmed: tuple[str, ...]
    masked: tuple[str, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed to, and what has become of it. ``since`` and ``until`` are None before it is granted."""

    record_id: str
    pseudonym: str
    subject_kind: str
    controller: Party
    recipient: Party
    purpose: str
    purpose_zh: str
    purpose_en: str
    basis: tuple[str, ...]
    answer: str
    items: tuple[ItemScope, ...]
    days: int
    once: bool
    since: date | None
    until: date | None
    text_version: str
    agreed_sha256: str
    withdrawal: str
    uses: int
    last_use: datetime | None
    events: tuple[Event, ...]


def status(act: str, *, once: bool) -> str:
    """Return PENDING, ACTIVE, REJECTED, REVOKED or EXPIRED: what an authorisation is after its latest act."""
    if act == "used":
        return "EXPIRED" if once else "ACTIVE"
    return STATUSES[act]


def record(terms: Terms) -> dict[str, Any]:
    """Return the record: header, notice, processing, parties and events, with the Account Aggregator's block."""
    last = terms.events[-1]
    return {
        "header": {
            "schema_version": SCHEMA,
            "profile": PROFILE,
            "record_id": terms.record_id,
            "pii_principal_id": terms.pseudonym,
            "pii_principal_kind": terms.subject_kind,
            "act": last.act,
            "signed_at": moment(last.at),
        },
        "privacy_notice": {
            "version": terms.text_version,
            "language": ["zh-CN", "en"],
            "agreed_sha256": terms.agreed_sha256,
        },
        "pii_processing": [_processing(terms)],
        "party_identification": [
            {"role": "pii_controller", "id": terms.controller.uscc, "name": _both(terms.controller)},
            {"role": "recipient", "id": terms.recipient.uscc, "name": _both(terms.recipient)},
        ],
        "events": [_event(each, terms) for each in terms.events],
        "account_aggregator": _aggregator(terms),
    }


def _processing(terms: Terms) -> dict[str, Any]:
    return {
        "purpose": {"code": terms.purpose, "zh": terms.purpose_zh, "en": terms.purpose_en},
        "lawful_basis": {"type": "consent", "articles": list(terms.basis)},
        "answer": terms.answer,
        "pii_information": [_item(each) for each in terms.items],
        "collection_method": "granted by the subject on the platform",
        "processing_method": "single enquiries, each committed to the ledger and shown to the subject",
        "recipient": terms.recipient.uscc,
        "retention": {"unit": "DAY", "value": terms.days, "counted_from": "granted"},
        "withdrawal_method": {"address": terms.withdrawal, "acts": 1, "counter": True},
        "jurisdiction": "CN",
    }


def _item(each: ItemScope) -> dict[str, Any]:
    fields = {"clear": each.clear, "trimmed": each.trimmed, "masked": each.masked, "hidden": each.hidden}
    return {"item": each.code, "zh": each.zh, "en": each.en, "fields": {way: list(of) for way, of in fields.items()}}


def _both(party: Party) -> dict[str, str]:
    return {"zh": party.zh, "en": party.en}


def _event(each: Event, terms: Terms) -> dict[str, Any]:
    return {
        "event_time": moment(each.at),
        "event_type": each.act,
        "event_state": status(each.act, once=terms.once),
        "entity_id": _ACTORS.get(each.act, "principal"),
        "validity_duration": f"P{terms.days}D" if each.act == "granted" else None,
    }


def _aggregator(terms: Terms) -> dict[str, Any]:
    """Return the block an Account Aggregator's client reads; a frequency of 0 sets no number."""
    return {
        "ver": AGGREGATOR_VERSION,
        "consentId": terms.record_id,
        "timestamp": moment(terms.events[-1].at),
        "status": status(terms.events[-1].act, once=terms.once),
        "consentStart": _start(terms.since),
        "consentExpiry": _end(terms.until),
        "consentMode": "VIEW" if terms.answer in ("yes_no", "count") else "STORE",
        "fetchType": "ONETIME" if terms.once else "PERIODIC",
        "Purpose": {"code": terms.purpose, "text": terms.purpose_en},
        "DataLife": {"unit": "DAY", "value": terms.days},
        "Frequency": {"unit": "INF", "value": 1 if terms.once else 0},
        "ConsentUse": {"count": terms.uses, "lastUseDateTime": moment(terms.last_use) if terms.last_use else None},
    }


def moment(at: datetime) -> str:
    """Return a moment in UTC, to the second."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _start(day: date | None) -> str | None:
    return moment(datetime(day.year, day.month, day.day, tzinfo=CIVIL)) if day else None


def _end(day: date | None) -> str | None:
    """Return the last second of a day."""
    return moment(datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=CIVIL)) if day else None
