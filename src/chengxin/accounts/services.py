"""Creating agencies and users, giving roles, delivering to the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from chengxin.accounts.models import Agency, Message, RoleAssignment, User
from chengxin.accounts.roles import Role
from chengxin.storage.bulk import insert_rows, ordered_uuids
from chengxin.storage.held import together


def register_agency(uscc: str, name_zh: str, name_en: str, region: str, **functions: bool) -> Agency:
    """Return the agency with this code, created or brought up to date."""
    agency, _ = Agency.objects.update_or_create(
        uscc=uscc, defaults={"name_zh": name_zh, "name_en": name_en, "region": region, **functions}
    )
    return agency


def register_user(
    username: str,
    display_name: str,
    *,
    agency: Agency | None = None,
    roles: Iterable[Role] = (),
    region: str = "",
    password: str | None = None,
) -> User:
    """Create a user with roles in a region; without a password the account can only be opened by another door."""
    user = User.objects.create_user(username, password, display_name=display_name, agency=agency)
    RoleAssignment.objects.bulk_create(RoleAssignment(user=user, role=role.value, region=region) for role in roles)
    return user


def deliver(mailbox: UUID, kind: str, title: str, body: str, *, now: datetime, link: str = "") -> Message:
    """Put one message into a mailbox."""
    return Message.objects.create(mailbox=mailbox, kind=kind, title=title, body=body, link=link, delivered_at=now)


NoticeRow = tuple[UUID, str, str, str, str, datetime]


def deliver_rows(rows: Iterable[NoticeRow]) -> int:
    """Put many notices into their mailboxes without a model object each: mailbox, kind, title, body, link, moment."""
    columns = ("id", "mailbox", "kind", "title", "body", "link", "delivered_at")
    with together():
        return insert_rows(Message, columns, ((uuid, *row) for uuid, row in _named(list(rows))))


def _named(rows: Sequence[NoticeRow]) -> Iterator[tuple[UUID, NoticeRow]]:
    """Give each notice an id; ids of one moment lie side by side in the index."""
    return zip(ordered_uuids(len(rows), rows[0][-1]) if rows else [], rows, strict=True)


def mark_read(message_id: UUID, mailboxes: Iterable[UUID], now: datetime) -> bool:
    """Mark a message of one of these mailboxes as read; tell whether there was one."""
    own = Message.objects.filter(id=message_id, mailbox__in=list(mailboxes), read_at=None)
    return own.update(read_at=now) > 0


def blank_mailbox(mailbox: UUID) -> int:
    """Empty the messages of a mailbox whose owner's file was erased; that they came stays. Return how many."""
    return Message.objects.filter(mailbox=mailbox).exclude(body="").update(title="", body="", link="")
