"""授权凭证: after every act an authorisation is written as a machine reads it, signed, and committed to the ledger.

The signature is over a head of its own, the number and the digest, so that it can be taken for nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import rfc8785

from chengxin.accounts import selectors as people
from chengxin.catalogue import lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.disclosure.models import Access, Authorisation, AuthorisationArtefact, Outcome
from chengxin.disclosure.rows import OPEN_CLASSES, way_of
from chengxin.ledger import services as ledger
from chengxin.rules import authorisation_record as rules
from chengxin.rules import strict_json
from chengxin.rules.authorisation_record import CIVIL, Event, ItemScope, Party
from chengxin.rules.errors import Refusal
from chengxin.rules.lawfiles import Purpose
from chengxin.vault import services as vault
from chengxin.vault.services import DataKey

HEAD: Final = "chengxin authorisation v1"
LEAF_KIND: Final = "authorisation"
_NOBODY: Final = Party("", "公共信用信息平台", "Public-credit platform")


def sign(
    authorisation: Authorisation, act: str, actor: Any, *, now: datetime, key: DataKey | None = None
) -> AuthorisationArtefact:
    """Write an authorisation down after an act, sign it and commit to it, in the caller's transaction.

    ``actor`` is the id of who acted, None for the platform's own daily work; ``key`` is the subject's key, where the
    caller holds it already.
    """
    text = rfc8785.dumps(rules.record(_terms(authorisation, act, now)))
    digest = hashlib.sha256(text).hexdigest()
    payload = {
        "authorisation": authorisation.pk,
        "subject": authorisation.subject_id,
        "actor": actor,
        "digest": authorisation.digest,
        "items": list(authorisation.item_codes),
        "days": authorisation.days,
    }
    public = {
        "act": act, "agency": authorisation.grantee.uscc, "purpose": authorisation.purpose, "artefact": digest,
    }  # fmt: skip
    entry = ledger.append(LEAF_KIND, payload, now=now, public=public, key=key or authorisation.subject.key)
    return AuthorisationArtefact.objects.create(
        authorisation=authorisation,
        act=act,
        at=now,
        text=text.decode(),
        sha256=digest,
        signature=base64.b64encode(vault.sign(signed_text(str(authorisation.pk), digest))).decode(),
        entry=entry,
    )


def signed_text(number: str, sha256: str) -> bytes:
    """Return the bytes the signature is over."""
    return f"{HEAD}\n{number}\n{sha256}\n".encode()


def latest(authorisation: Authorisation) -> AuthorisationArtefact | None:
    """Return what was signed last; None for an authorisation that has seen no act since artefacts are signed."""
    return AuthorisationArtefact.objects.filter(authorisation=authorisation).order_by("-pk").first()


def as_file(authorisation: Authorisation, *, now: datetime) -> dict[str, Any] | None:
    """Return the artefact as the offline verifier reads it, with the place of its leaf in the log."""
    found = latest(authorisation)
    if found is None:
        return None
    return {
        "v": 1,
        "number": str(authorisation.pk),
        "text": found.text,
        "sha256": found.sha256,
        "signature": found.signature,
        "index": ledger.proof(found.entry_id, now=now, with_payload=False)["index"],
        "vkey": ledger.vkey(),
    }


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is: ``latest`` or ``older`` when it was signed here, else ``unknown``; and the status it states."""

    verdict: str
    status: str


def check(content: bytes) -> Checked:
    """Tell whether this installation signed an artefact, and whether another act came after it. Raises nothing."""
    try:
        file = strict_json.loads(content)
        number, text, digest, signature = (str(file[name]) for name in ("number", "text", "sha256", "signature"))
        UUID(number)
    except (KeyError, TypeError, ValueError, Refusal):
        return Checked("unknown", "")
    signed = AuthorisationArtefact.objects.filter(authorisation_id=number).order_by("-pk")
    same = [each for each in signed if (each.text, each.sha256, each.signature) == (text, digest, signature)]
    if not same or hashlib.sha256(text.encode()).hexdigest() != digest:
        return Checked("unknown", "")
    status = str(json.loads(text)["account_aggregator"]["status"])
    return Checked("latest" if same[0].pk == signed[0].pk else "older", status)


def _terms(each: Authorisation, act: str, now: datetime) -> rules.Terms:
    today = now.astimezone(CIVIL).date()
    purpose = next((known for known in lawbook.purposes() if known.code == each.purpose), None)
    uses, last_use = _uses(each, act, now)
    return rules.Terms(
        record_id=str(each.pk),
        pseudonym=vault.blind_index("authorisation_principal", f"{each.subject_id} {each.grantee_id}"),
        subject_kind=each.subject.kind,
        controller=next((_party(found) for found in people.agencies(runs_platform=True)), _NOBODY),
        recipient=_party(each.grantee),
        purpose=each.purpose,
        purpose_zh=purpose.zh if purpose else each.purpose,
        purpose_en=purpose.en if purpose else each.purpose,
        basis=tuple(str(basis) for basis in purpose.basis) if purpose else (),
        answer=purpose.answer.value if purpose else "",
        items=tuple(item_scope(code, purpose, today) for code in each.item_codes),
        days=each.days,
        once=each.once,
        since=each.since,
        until=each.until,
        text_version=each.text_version,
        agreed_sha256=each.digest,
        withdrawal=f"/mine/authorisations/{each.pk}/",
        uses=uses,
        last_use=last_use,
        events=tuple(_events(each, act, now)),
    )


def _party(agency: Any) -> Party:
    return Party(agency.uscc, agency.name_zh, agency.name_en)


def item_scope(code: str, purpose: Purpose | None, today: date) -> ItemScope:
    """Return how the fields of an item are shown for a purpose; of an item no longer in force, only its code."""
    try:
        version = catalogue.version_in_force(code, today)
        fields: Iterable[Any] = lawbook.layout(version.layout, today).fields
    except Refusal:
        return ItemScope(code, code, code, (), (), (), ())
    clear = OPEN_CLASSES | frozenset(purpose.fields if purpose else ())
    ways: dict[str, list[str]] = {"clear": [], "trimmed": [], "masked": [], "hidden": []}
    for field in fields:
        ways[way_of(field.klass, clear)].append(field.code)
    return ItemScope(code, version.name_zh, version.name_en, **{way: tuple(of) for way, of in ways.items()})


def _events(each: Authorisation, act: str, now: datetime) -> list[Event]:
    """Return the acts so far in their order, the one being signed last."""
    moments = {
        "asked": each.asked_at, "granted": each.granted_at, "declined": each.declined_at, "used": each.used_at,
        "withdrawn": each.withdrawn_at,
    }  # fmt: skip
    before = [Event(name, at) for name, at in moments.items() if at and name != act]
    told = AuthorisationArtefact.objects.filter(authorisation=each, act="ending").values_list("at", flat=True)
    before += [Event("ending", at) for at in told if act != "ending"]
    return [*sorted(before, key=lambda event: event.at), Event(act, now)]


def _uses(each: Authorisation, act: str, now: datetime) -> tuple[int, datetime | None]:
    """Return how often the subject's file was read under an authorisation, and when last."""
    if each.used_at is None:
        return 0, None
    if act == "used":  # The read that is being answered is the first.
        return 1, now
    reads = Access.objects.filter(subject_id=each.subject_id, basis_ref=str(each.pk), outcome=Outcome.ANSWERED)
    moments = list(reads.order_by("-at").values_list("at", flat=True))
    return (len(moments), moments[0]) if moments else (1, each.used_at)
