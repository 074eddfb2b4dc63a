"""One step of a person on a case of this room, as every procedure takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.cases import services as cases
from chengxin.cases.models import Case
from chengxin.rights.selectors import own_files


@dataclass(frozen=True)
class Act:
    """Who takes a step on a case, when, and which version of the case they saw."""

    case_id: UUID
    actor: User
    now: datetime
    today: date
    version: int | None = None


def step(act: Act, action: str, note: str = "", met: tuple[str, ...] = (), **data: Any) -> Case:
    """Take a step of the case's table for the actor; refused in the matters of the actor's own files."""
    return cases.act(
        act.case_id,
        action,
        actor=act.actor,
        own_files=own_files(act.actor),
        now=act.now,
        note=note,
        expected_version=act.version,
        met=met,
        data=data,
    )
