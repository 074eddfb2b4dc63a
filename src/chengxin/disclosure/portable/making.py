"""Issuing a portable report, opening it again, showing parts of it to somebody, and withdrawing it.

Only the person, or who represents the organisation, does this; somebody else's mandate is for acts, not for the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import IntegrityError, transaction
from django.utils import timezone

from chengxin.accounts import policies as accounts
from chengxin.accounts import selectors as people
from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission, Role
from chengxin.disclosure import accesses
from chengxin.disclosure.models import Outcome
from chengxin.disclosure.models_portable import PortableContent, PortableReport, PortableShowing
from chengxin.disclosure.own_file import NotYours
from chengxin.disclosure.portable import comparing, law, packing
from chengxin.disclosure.portable import contents as file_contents
from chengxin.disclosure.portable.contents import Contents
from chengxin.disclosure.portable.packing import CHANCE, Kept, Part, Random, Terms
from chengxin.disclosure.shapes import ServiceRefused
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.registry.models import Mandate, Subject
from chengxin.rules import strict_json
from chengxin.rules.errors import Refusal
from chengxin.vault import portable_key
from chengxin.vault import services as vault
from chengxin.vault.sdjwt import issuing, jose
from chengxin.vault.services import Place

ISSUED, SHOWN, WITHDRAWN = "portable_issued", "portable_shown", "portable_withdrawn"
LIST_SIZE: Final = 65_536
"""Places in one status list. Half of them stay free, so that a place drawn at random is soon a free one."""
LONGEST_AUDIENCE, LONGEST_NONCE = 200, 100
_TRIES: Final = 64


class NotForMandates(Refusal):
    """Whoever acts for somebody on a proof may not carry that person's file away."""

    code = "portable_only_by_oneself"

    def __init__(self) -> None:
        super().__init__(
            "可携带报告只能由本人或者单位代表出具和使用。代理人、监护人和近亲属请用普通信用报告。",
            "Only the person, or who represents the organisation, may make and use a portable report. Agents, "
            "guardians and relatives use an ordinary credit report.",
        )


class Ended(Refusal):
    """A report that has ended can be shown no more."""

    code = "portable_report_ended"

    def __init__(self) -> None:
        super().__init__(
            "这份可携带报告已经失效，不能再出示。请重新出具一份。",
            "This portable report has ended and cannot be shown any more. Make a new one.",
        )


class Incomplete(Refusal):
    """Something the holder has to say is missing or too long."""

    code = "portable_incomplete"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a report is to be issued; ``own_jwk`` is the public key of the holder's own wallet, if there is one."""

    site: str
    days: int
    own_jwk: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A report opened by its holder: its row and everything that can be chosen."""

    report: PortableReport
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Showing:
    """For whom a presentation is made, for which request, for how many days, and which parts it shows."""

    keys: tuple[str, ...]
    audience: str = field(repr=False)
    nonce: str = field(repr=False)
    days: int = 1


def issue(
    subject_id: UUID, actor: User, wish: Wish, *, now: datetime, today: date, chance: Random = CHANCE
) -> PortableReport:
    """Issue a report of the holder's own file; raises NotYours, NotForMandates, Incomplete, ServiceRefused."""
    subject = _holder(subject_id, actor)
    secret, holder = _holder_key(wish.own_jwk)
    _check_days(wish.days, law.longest_days(today))
    with _evidenced():
        contents = file_contents.read(subject_id, actor, now=now, today=today)
        until = _end(contents, now + timedelta(days=wish.days))
        for _ in range(_TRIES):
            number, position = _place(chance)
            uri = list_uri(wish.site, number)
            terms = Terms(wish.site, _seconds(now), _seconds(until), uri, position, holder, secret is None)
            try:
                return _stored(subject, actor, contents, terms, secret, number, now, chance)
            except IntegrityError:  # Somebody else drew the same place at the same moment.
                continue
    raise ServiceRefused


def list_uri(site: str, number: int) -> str:
    """Return the public address of a status list."""
    return f"{site}/portable/status/{number}"


def mine(subject_id: UUID, actor: User) -> list[PortableReport]:
    """Return a subject's portable reports, newest first; no content is opened."""
    _holder(subject_id, actor)
    return list(PortableReport.objects.filter(subject_id=subject_id).order_by("-issued_at"))


def state(report: PortableReport, now: datetime) -> str:
    """Return valid, withdrawn, superseded or expired."""
    if report.withdrawn_at:
        return "withdrawn"
    if report.superseded_at:
        return "superseded"
    return "expired" if report.expires_at <= now else "valid"


def open_report(report_id: UUID, actor: User, *, now: datetime) -> Opened:
    """Open a report to choose from; the reading is committed to the ledger. Raises NotYours or Ended."""
    report = _own(report_id, actor)
    with _evidenced(), transaction.atomic():
        kept = _kept(report, now)
        _write_reading(report, actor, now)
    return Opened(report, packing.parts_of(kept))


def show(report_id: UUID, actor: User, showing: Showing, *, now: datetime, today: date) -> str:
    """Return a presentation of the chosen parts, signed with the holder's key when the platform keeps it.

    For a holder with a wallet of their own it comes unsigned. Raises NotYours, Ended, Incomplete, ServiceRefused.
    """
    report = _own(report_id, actor)
    _check_showing(showing, law.showing_days(today))
    until = min(now + timedelta(days=showing.days), report.expires_at)
    with _evidenced(), transaction.atomic():
        kept = _kept(report, now)
        parts = packing.chosen(kept, showing.keys)
        _write_showing(report, actor, showing, parts, until, now)
    plain, key = packing.presented(kept, parts), kept.key
    if key is None:
        return plain
    told = {"audience": showing.audience.strip(), "nonce": showing.nonce.strip()}
    return issuing.bind(plain, key, **told, now=_seconds(now), until=_seconds(until))


def withdraw(report_id: UUID, actor: User, *, now: datetime) -> PortableReport:
    """Withdraw a report at once, by its holder or by the centre; doing it twice changes nothing. Raises NotYours."""
    report = PortableReport.objects.select_related("subject__key").filter(pk=report_id).first()
    if report is None or not (_may_manage(actor) or registry.may_act_for(actor, report.subject_id)):
        raise NotYours
    with transaction.atomic():
        found = PortableReport.objects.filter(pk=report.pk, withdrawn_at=None)
        if found.update(withdrawn_at=now, withdrawn_by=actor, sealed=None):
            payload = {"report": report.pk, "subject": report.subject_id, "by": actor.pk}
            ledger.append(WITHDRAWN, payload, now=now, public={"digest": report.digest})
    report.refresh_from_db()
    return report


def showings(report: PortableReport) -> list[dict[str, Any]]:
    """Return to the holder for whom a report was shown, newest first; nothing once the file is erased."""
    if report.subject.key.wrapped is None:
        return []
    sealer = vault.sealer_for(report.subject.key)
    return [_told(sealer, each) for each in report.showings.order_by("-at")]


def _told(sealer: vault.Sealer, showing: PortableShowing) -> dict[str, Any]:
    told = json.loads(sealer.open(bytes(showing.sealed), _shown_place(showing.pk)))
    return {"at": showing.at, "until": showing.until, "shown": showing.shown, **told}


def _holder(subject_id: UUID, actor: User) -> Subject:
    accounts.check_may(actor, Permission.READ_OWN_FILE)
    subject = registry.subject(subject_id)
    if subject is None or not registry.may_act_for(actor, subject_id) or subject.key.wrapped is None:
        raise NotYours
    if registry.capacity_of(actor, subject_id) not in (Mandate.SELF, Mandate.REPRESENTATIVE):
        raise NotForMandates
    return subject


def _own(report_id: UUID, actor: User) -> PortableReport:
    report = PortableReport.objects.select_related("subject__key").filter(pk=report_id).first()
    if report is None:
        raise NotYours
    _holder(report.subject_id, actor)
    return report


def _may_manage(actor: User) -> bool:
    return Role.CENTRE_OPERATOR in people.roles_of(actor)


def _holder_key(own_jwk: str) -> tuple[bytes | None, ec.EllipticCurvePublicKey]:
    """Return the secret the platform keeps and its public half, or no secret and the key of the holder's wallet."""
    if not own_jwk.strip():
        secret = packing.fresh_holder_key()
        return secret, packing.public_of(secret)
    try:
        return None, jose.key_of(strict_json.loads(own_jwk.encode()))
    except (strict_json.NotStrict, jose.NotSound):
        raise Incomplete(
            "钱包公钥有误：应为 P-256 曲线公钥的 JWK（含 kty、crv、x、y，不含私钥 d）。",
            "The wallet's key is wrong: a JWK of a public key on P-256 is needed (kty, crv, x, y, and no d).",
        ) from None


def _check_days(days: int, most: int) -> None:
    if not 1 <= days <= most:
        raise Incomplete(f"有效天数应在 1 到 {most} 之间。", f"The number of days must be from 1 to {most}.")


def _check_showing(showing: Showing, most: int) -> None:
    _check_days(showing.days, most)
    if not showing.keys:
        raise Incomplete("还没有选择要出示的内容，请至少勾选一项。", "Nothing is chosen yet. Tick one thing at least.")
    told = ((showing.audience, LONGEST_AUDIENCE), (showing.nonce, LONGEST_NONCE))
    if not all(0 < len(text.strip()) <= most for text, most in told):
        raise Incomplete(
            "请填写给谁看（不超过 200 字）和对方给的请求编号（不超过 100 字）。",
            "Say for whom (200 characters at most) and the number of their request (100 at most).",
        )


def _end(contents: Contents, wanted: datetime) -> datetime:
    """Return when the report ends: never after the last day on which every record in it may be used."""
    last = min((source.use_until for source in contents.sources if source.use_until), default=None)
    if last is None:
        return wanted
    return min(wanted, timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min)))


def _place(chance: Random) -> tuple[int, int]:
    """Return the number of the list in use and a free place drawn at random, so that neighbours tell nothing."""
    number = max(PortableReport.objects.values_list("list_no", flat=True).order_by("-list_no")[:1], default=1)
    taken = PortableReport.objects.filter(list_no=number)
    if taken.count() >= LIST_SIZE // 2:
        number, taken = number + 1, PortableReport.objects.none()
    for _ in range(_TRIES):
        position = chance.randrange(LIST_SIZE)
        if not taken.filter(position=position).exists():
            return number, position
    raise ServiceRefused


def _stored(
    subject: Subject,
    actor: User,
    contents: Contents,
    terms: Terms,
    secret: bytes | None,
    number: int,
    now: datetime,
    chance: Random,
) -> PortableReport:
    issued = packing.pack(contents, terms, portable_key.signing_key(), chance)
    report_id, digest = uuid4(), hashlib.sha256(issued.token.encode()).hexdigest()
    sealed = vault.seal(subject.key, Kept(issued, secret).to_bytes(), _place_of(report_id))
    with transaction.atomic():
        payload = {"report": report_id, "subject": subject.id, "access": contents.access, "by": actor.pk}
        entry = ledger.append(ISSUED, payload, now=now, public={"digest": digest}, key=subject.key)
        report = PortableReport.objects.create(
            id=report_id,
            subject=subject,
            access_id=contents.access,
            issued_by=actor,
            issued_at=now,
            expires_at=datetime.fromtimestamp(terms.until, UTC),
            list_no=number,
            position=terms.position,
            own_key=terms.own_key,
            digest=digest,
            as_of=contents.as_of,
            nothing=[piece.says_nothing for piece in contents.pieces if piece.says_nothing],
            entry=entry,
            sealed=sealed,
        )
        PortableContent.objects.bulk_create(
            PortableContent(report=report, record_id=each.record, version_id=each.version, marks=list(each.marks))
            for each in contents.sources
        )
    return report


def _kept(report: PortableReport, now: datetime) -> Kept:
    """Return a report's content while it holds; compared here too, for the marking of all reports comes by and by."""
    if state(report, now) != "valid" or report.sealed is None:
        raise Ended
    if comparing.stale(PortableReport.objects.filter(pk=report.pk), now):
        raise Ended
    return Kept.of(vault.open_sealed(report.subject.key, bytes(report.sealed), _place_of(report.pk)))


def _write_reading(report: PortableReport, actor: User, now: datetime) -> None:
    roles = people.roles_of(actor)
    reading = accesses.Read(
        actor=actor,
        role=min(roles).value if roles else "",
        purpose=accesses.OWN_FILE,
        outcome=Outcome.ANSWERED,
        basis_kind="own",
        subject=report.subject_id,
        key=report.subject.key,
        records=tuple(report.contents.values_list("record_id", flat=True)),
    )
    accesses.write(reading, now)


def _write_showing(
    report: PortableReport, actor: User, showing: Showing, parts: Iterable[Part], until: datetime, now: datetime
) -> None:
    shown = [part.key for part in parts]
    told = {"audience": showing.audience.strip(), "nonce": showing.nonce.strip()}
    payload = {"report": report.pk, "subject": report.subject_id, "by": actor.pk, "parts": shown, **told}
    entry = ledger.append(SHOWN, payload, now=now, public={"digest": report.digest}, key=report.subject.key)
    identifier = uuid4()
    sealed = vault.seal(report.subject.key, json.dumps(told).encode(), _shown_place(identifier))
    PortableShowing.objects.create(
        id=identifier, report=report, by=actor, at=now, until=until, shown=len(shown), sealed=sealed, entry=entry
    )


class _evidenced:  # noqa: N801 -- Read as a word of the ``with`` statement it stands in.
    """Turn any fault inside into the one answer without content: what left no trace is not answered (charter C09)."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _trace: object) -> None:
        if fault is not None and isinstance(fault, Exception) and not isinstance(fault, Refusal):
            raise ServiceRefused from None


def _place_of(report: UUID) -> Place:
    return Place("disclosure_portablereport", "sealed", str(report))


def _shown_place(showing: UUID) -> Place:
    return Place("disclosure_portableshowing", "sealed", str(showing))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
