"""Who may use a right on a record."""

from __future__ import annotations

from uuid import UUID

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.registry import selectors as registry
from chengxin.registry.models import RecordVersion
from chengxin.rules.errors import Refusal


class RecordNotYours(Refusal):
    """The record is unknown, has ended, or belongs to somebody the actor holds no mandate for: one answer for all."""

    code = "record_not_yours"


def check_own_record(record_id: UUID, actor: User, permission: Permission) -> RecordVersion:
    """Return the present version of a record the actor may use a right on."""
    check_may(actor, permission)
    version = registry.present_version(record_id)
    if version is None or not registry.may_act_for(actor, version.record.subject_id):
        raise _not_yours()
    if version.ended_at is not None:
        raise _not_yours()
    return version


def _not_yours() -> RecordNotYours:
    return RecordNotYours(
        "没有找到您可以办理的这条记录；只有本人或本单位代表可以提出，已终止的记录无需再提。",
        "No such record of yours was found; only the subject or its representative may apply while it stands.",
    )
