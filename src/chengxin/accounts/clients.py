"""API clients: a unit's own system acts through a service account of the unit, for the purposes it was issued for.

The token is a bearer secret: shown once, kept only as a keyed digest, short in life, dead the moment it is disabled.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from chengxin.accounts import hot, selectors
from chengxin.accounts.models import Agency, ApiClient, RoleAssignment, UsedKey, User
from chengxin.accounts.policies import can_may, check_may
from chengxin.accounts.roles import Permission, Role
from chengxin.ledger import services as ledger
from chengxin.rules.errors import Refusal
from chengxin.vault.services import blind_index

SUBMISSION, FEED = "submission", "feed"
COMPAT_SHANDONG = "compat_shandong"
"""Not a purpose: it opens the door with the older wire shape to one client, beside the purposes it was issued for."""
LIFE = timedelta(days=90)
# How long an old token may go on working beside the one that replaces it.
LONGEST_OVERLAP = timedelta(days=14)
MACHINE = "client-"
"""How the names of the accounts begin that stand for interface clients and for the systems of exchange peers."""
_PREFIX = "cx"
_NOBODY = "0" * 64


class NotCovered(Refusal):
    """The client was not issued for this purpose."""

    code = "purpose_not_covered"


class KeyReused(Refusal):
    """An idempotency key came back with another request."""

    code = "idempotency_key_reused"


class AnsweredOnce(Exception):
    """A keyed request was answered while an equal one was being done; whatever the second did must not stand."""


class ClientNotStanding(Refusal):
    """The client does not exist, or is disabled or expired: there is nothing to renew."""

    code = "client_not_standing"


@dataclass(frozen=True, slots=True)
class Issued:
    """A new client and its token, which cannot be shown again."""

    client: ApiClient
    token: str = field(repr=False)


def issue(
    agency: Agency,
    purposes: Iterable[str],
    user: User,
    now: datetime,
    *,
    life: timedelta = LIFE,
    renews: ApiClient | None = None,
    per_minute: int | None = None,
) -> Issued:
    """Return a new client of an agency; ``user`` is the operator of the credit centre who answers for it.

    ``purposes`` are ``submission``, ``feed``, and the codes of purposes of enquiry. A client that renews another one
    continues its line. ``per_minute`` is a limit of its own, as its contract says. Raises NotPermitted.
    """
    check_may_issue(user, agency)
    wanted = sorted(set(purposes))
    identifier = uuid.uuid4()
    token = f"{_PREFIX}_{identifier.hex}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        client = ApiClient.objects.create(
            id=identifier,
            agency=agency,
            user=service_user(agency, identifier, wanted),
            purposes=wanted,
            token_digest=_digest(token),
            issued_by=user,
            issued_at=now,
            expires_at=now + min(life, LIFE),
            line=renews.line if renews else identifier,
            key_only=renews.key_only if renews else False,
            per_minute=renews.per_minute if renews else per_minute,
        )
        _write("client.issued", client, user, now)
    return Issued(client, token)


def disable(client_id: UUID, user: User, now: datetime) -> None:
    """Disable a client at once; doing it twice changes nothing. Raises NotPermitted."""
    with transaction.atomic():
        client = ApiClient.objects.select_related("agency").get(pk=client_id)
        check_may_issue(user, client.agency)
        if ApiClient.objects.filter(pk=client_id, disabled_at=None).update(disabled_at=now):
            User.objects.filter(pk=client.user_id).update(is_active=False)
            _write("client.disabled", client, user, now)


def rotate(client_id: UUID, user: User, now: datetime, *, overlap: timedelta) -> Issued:
    """Return a new client for the same agency and purposes; the old token works for the overlap, none ends it at once.

    Raises NotPermitted, ClientNotStanding.
    """
    check_may_issue(user)
    with transaction.atomic():
        old = standing(client_id, user, now)
        issued = issue(old.agency, old.purposes, user, now, renews=old)
        ends = now + min(overlap, LONGEST_OVERLAP)
        if ends <= now:
            disable(client_id, user, now)
        elif ends < old.expires_at:
            ApiClient.objects.filter(pk=client_id).update(expires_at=ends)
        public = {"agency": old.agency.uscc, "client": issued.client.pk, "replaces": old.pk}
        ledger.append("client.rotated", {"client": old.pk, "by": user.pk}, now=now, public=public)
    return issued


def standing(client_id: UUID, user: User, now: datetime) -> ApiClient:
    """Return a client of the operator's region that stands, locked until the transaction ends.

    Raises ClientNotStanding.
    """
    found = ApiClient.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=client_id).first()
    theirs = found is not None and can_may(user, Permission.MANAGE_CLIENTS, found.agency.region)
    if found is None or not theirs or state(found, now) != "standing":
        raise ClientNotStanding(
            "这个接口客户端已停用、已到期或不存在，不能更换。请重新签发。",
            "This API client is disabled, expired or unknown and cannot be renewed. Issue a new one.",
        )
    return found


def newest_of(line: UUID, now: datetime) -> ApiClient | None:
    """Return the newest client of a line that stands now, or None; the line is what OAuth calls the client_id."""
    known = ApiClient.objects.select_related("user__agency", "agency").filter(line=line).order_by("-issued_at", "id")
    found = next((each for each in known if state(each, now) == "standing"), None)
    return found if found and found.user.is_active else None


def agency_of(line: UUID) -> Agency:
    """Return the agency whose clients make up a line."""
    return ApiClient.objects.select_related("agency").filter(line=line).order_by("-issued_at")[0].agency


def state(client: ApiClient, now: datetime) -> str:
    """Return how a client stands: ``standing``, ``expired`` or ``disabled``."""
    if client.disabled_at:
        return "disabled"
    return "standing" if now < client.expires_at else "expired"


def all_clients(user: User) -> list[ApiClient]:
    """Return every client there is or was in the operator's region, newest first; raises NotPermitted."""
    check_may_issue(user)
    known = ApiClient.objects.select_related("agency", "issued_by").filter(within(user))
    return list(known.order_by("-issued_at", "id"))


def authenticate(token: str, now: datetime) -> ApiClient | None:
    """Return the client that holds this token now, or None; every wrong token costs the same comparison."""
    found = _by_token(token)
    same = hmac.compare_digest(found.token_digest if found else _NOBODY, _digest(token))
    if found is None or not same or found.disabled_at or not found.issued_at <= now < found.expires_at:
        return None
    if found.key_only:
        return None
    return found if found.user.is_active else None


def check_covers(client: ApiClient, purpose: str) -> None:
    """Raise NotCovered unless the client was issued for a purpose."""
    if purpose not in client.purposes:
        raise NotCovered(
            "这个接口客户端不含此用途。请由信用中心按用途另行签发。",
            "This client was not issued for this purpose. Ask the credit centre for one that covers it.",
            purpose=purpose,
        )


def actor_for(client: ApiClient, purpose: str) -> User:
    """Return the account a client acts through.

    For a purpose the client was not issued for, it is a copy that may do nothing: so the gate itself refuses the read
    and writes the refusal down (charter C09), as it would not if the door turned the request away.
    """
    if purpose in client.purposes:
        return client.user
    nobody = copy.copy(client.user)
    nobody.is_active = False
    return nobody


@contextmanager
def once(client: ApiClient, key: str, request_digest: str, now: datetime) -> Iterator[bool]:
    """Yield whether a keyed request comes for the first time, in the transaction in which it is then done.

    What is refused leaves the key unused. Without a key every request is a new one. Raises KeyReused.
    """
    with transaction.atomic():
        yield use_key(client, key, request_digest, now) if key else True


def use_key(client: ApiClient, key: str, request_digest: str, now: datetime) -> bool:
    """Note that a key stands for a request and tell whether it is new; raises KeyReused when it stands for another.

    The key is the line's: it still stands for its request after the token was renewed.
    """
    used, fresh = UsedKey.objects.filter(line=client.line, key=key).first(), False
    if used is None:
        used, fresh = _first_use(client, key, request_digest, now)
    if not hmac.compare_digest(used.digest, request_digest):
        raise KeyReused(
            "这个幂等键已用于另一个请求。请为新的请求换一个键。",
            "This idempotency key stands for another request already. Use a new key for a new request.",
        )
    return fresh


def answered(client: ApiClient, key: str) -> str | None:
    """Return the answer that is kept for a key, or None."""
    return UsedKey.objects.filter(line=client.line, key=key).values_list("answer", flat=True).first()


def keep_answer(client: ApiClient, key: str, answer: str) -> None:
    """Keep the answer of a keyed request inside the transaction of its effect; raises AnsweredOnce."""
    if not UsedKey.objects.filter(line=client.line, key=key, answer=None).update(answer=answer):
        raise AnsweredOnce


def free_key(client: ApiClient, key: str) -> None:
    """Let a key go whose request came to nothing, so that it may be sent again under it."""
    UsedKey.objects.filter(line=client.line, key=key, answer=None).delete()


def _first_use(client: ApiClient, key: str, request_digest: str, now: datetime) -> tuple[UsedKey, bool]:
    try:
        with transaction.atomic():
            row = {"client": client, "line": client.line, "key": key, "digest": request_digest, "used_at": now}
            return UsedKey.objects.create(**row), True
    except IntegrityError:  # Another request with this key came first.
        return UsedKey.objects.get(line=client.line, key=key), False


def _by_token(token: str) -> ApiClient | None:
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != _PREFIX:
        return None
    try:
        identifier = UUID(hex=parts[1])
    except ValueError:
        return None
    return hot.client(identifier)


def _digest(token: str) -> str:
    """Return the keyed digest of a token; hashing first bounds what the keyed step has to read."""
    return blind_index("api_token", hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest())


def service_user(agency: Agency, identifier: UUID, purposes: list[str]) -> User:
    """Make the account through which a system of an agency acts; it has no password and only the roles it needs."""
    user = User.objects.create_user(f"{MACHINE}{identifier.hex}", display_name="接口客户端", agency=agency)
    roles = _roles(purposes)
    RoleAssignment.objects.bulk_create(RoleAssignment(user=user, role=role, region=agency.region) for role in roles)
    return user


def _roles(purposes: list[str]) -> list[Role]:
    roles = [Role.SOURCE_CLERK] if SUBMISSION in purposes else []
    return [*roles, Role.ENQUIRER] if set(purposes) - {SUBMISSION, FEED, COMPAT_SHANDONG} else roles


def check_may_issue(user: User, agency: Agency | None = None) -> None:
    """Raise NotPermitted unless the user may let a system act for this agency, or without one for any."""
    check_may(user, Permission.MANAGE_CLIENTS, agency.region if agency else None)


def within(user: User) -> Q:
    """Match what belongs to the agencies whose systems the user manages, for rows that have an ``agency``."""
    return selectors.reached(user, Permission.MANAGE_CLIENTS, "agency__region")


def _write(kind: str, client: ApiClient, user: User, now: datetime) -> None:
    public = {"agency": client.agency.uscc, "client": client.pk, "purposes": client.purposes}
    ledger.append(kind, {"client": client.pk, "by": user.pk}, now=now, public=public)
