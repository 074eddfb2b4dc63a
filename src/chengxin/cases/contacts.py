"""Where else than the inbox somebody wants to be told: their own choice, sealed, shown masked, gone when withdrawn."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from chengxin.cases.channels import MASKS
from chengxin.cases.models import Contact
from chengxin.ledger import services as ledger
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault
from chengxin.vault.services import Place

_SHAPES = {
    Contact.SMS: re.compile(r"1[3-9]\d{9}"),
    Contact.EMAIL: re.compile(r"[^@\s\x00-\x1f]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
}


class ContactNotUsable(Refusal):
    """An address that no message could reach."""

    code = "contact_not_usable"


def set_contact(mailbox: UUID, channel: str, address: str, *, now: datetime) -> None:
    """Let notices of a mailbox go to an address too, in place of the one there was; an empty address ends it."""
    bare = address.strip()
    if not bare:
        return forget(mailbox, channel, now=now)
    if channel not in _SHAPES or not _SHAPES[channel].fullmatch(bare):
        raise ContactNotUsable(
            "手机号应为 1 开头的 11 位数字，电子邮件应含一个 @ 和域名；请改正后再存。",
            "A mobile number has 11 digits and begins with 1, an e-mail address has one @ and a domain; correct it.",
        )
    with transaction.atomic():
        Contact.objects.filter(mailbox=mailbox, channel=channel).delete()
        sealed = _sealer().seal(bare.encode(), _place(mailbox, channel))
        Contact.objects.create(mailbox=mailbox, channel=channel, sealed_address=sealed, since=now)
        _commit(mailbox, channel, "set", now)
    return None


def forget(mailbox: UUID, channel: str, *, now: datetime) -> None:
    """End a channel of a mailbox; its address is deleted, and messages still waiting for it are dropped."""
    with transaction.atomic():
        gone, _by_table = Contact.objects.filter(mailbox=mailbox, channel=channel).delete()
        if gone:
            _commit(mailbox, channel, "ended", now)


def forget_all(mailboxes: Collection[UUID]) -> int:
    """Delete every address of these mailboxes, for an erasure; return how many there were."""
    return Contact.objects.filter(mailbox__in=list(mailboxes)).delete()[0]


def channels_of(mailbox: UUID) -> list[str]:
    """Return the channels a mailbox has an address for."""
    return list(Contact.objects.filter(mailbox=mailbox).order_by("channel").values_list("channel", flat=True))


def address(mailbox: UUID, channel: str) -> str | None:
    """Return the address of a mailbox for a channel; only the outbox asks."""
    found = Contact.objects.filter(mailbox=mailbox, channel=channel).first()
    return _sealer().open(bytes(found.sealed_address), _place(mailbox, channel)).decode() if found else None


def shown(mailbox: UUID) -> dict[str, str]:
    """Return the masked address of every channel of a mailbox."""
    return {channel: MASKS[channel](address(mailbox, channel) or "") for channel in channels_of(mailbox)}


def _sealer() -> vault.Sealer:
    return vault.platform_sealer("contact")


def _place(mailbox: UUID, channel: str) -> Place:
    return Place("cases_contact", "sealed_address", f"{mailbox}:{channel}")


def _commit(mailbox: UUID, channel: str, change: str, now: datetime) -> None:
    ledger.append("contact", {"mailbox": str(mailbox)}, now=now, public={"channel": channel, "change": change})
