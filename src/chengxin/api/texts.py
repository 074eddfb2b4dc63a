"""Words, days and numbers as they may be sent: no control characters, and nothing that stands for something else."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from chengxin.api.fields import NO_CONTROLS

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _only_a_day(given: Any) -> Any:
    """Refuse what pydantic would also take for a day, such as a number of seconds."""
    if given is not None and not (isinstance(given, str) and _DAY.fullmatch(given)):
        raise ValueError
    return given


def _only_a_number(given: Any) -> Any:
    """Refuse texts and truth values, which pydantic would also take for a number; 2.0 is the number 2 in JSON."""
    if isinstance(given, str | bool):
        raise ValueError
    return given


# Goes last, so that the bounds before it stay part of what the API says of itself.
WHOLE = BeforeValidator(_only_a_number)
Day = Annotated[date | None, BeforeValidator(_only_a_day)]
Words = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
        description="说明理由 · Why, in words",
    ),
]
DocumentNo = Annotated[str, Field(max_length=120, pattern=NO_CONTROLS)]
