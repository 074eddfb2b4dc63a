"""Whose file somebody may open as its subject's own."""

from __future__ import annotations

from uuid import UUID

from chengxin.accounts import policies as accounts
from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission
from chengxin.registry import selectors as registry
from chengxin.registry.models import Subject
from chengxin.rules.errors import Refusal


class NotYours(Refusal):
    """The file is not that of somebody the actor may act for; the words are the same as for no file at all."""

    code = "no_such_file"

    def __init__(self) -> None:
        super().__init__("没有这份档案。", "There is no such file.")


def own(subject_id: UUID, actor: User) -> Subject:
    """Return a subject whose file the actor may open; raises NotYours."""
    accounts.check_may(actor, Permission.READ_OWN_FILE)
    subject = registry.subject(subject_id)
    if subject is None or not registry.may_act_for(actor, subject_id) or subject.key.wrapped is None:
        raise NotYours
    return subject
