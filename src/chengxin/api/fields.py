"""The parts from which requests and answers are made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Form, Path, Query, Schema
from pydantic import ConfigDict

NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
LARGEST = 999_999_999_999_999

Cursor = Annotated[
    str, Query(pattern=r"^[0-9]{0,15}$", description="上一页的 next_cursor · next_cursor of the last page")
]
Uscc = Annotated[str, Path(pattern=r"^[0-9A-Z]{18}$", description="统一社会信用代码 · Unified social credit code")]
ITEM_CODE = r"^[A-Z0-9-]{1,32}$"
ItemCode = Annotated[str, Form(pattern=ITEM_CODE, description="目录项代码 · Catalogue item")]
Number = Annotated[int, Path(ge=0, le=LARGEST)]


class Given(Schema):
    """A body from outside: an undefined field is an error, not something to overlook."""

    model_config = ConfigDict(extra="forbid")


class Fault(Schema):
    """One thing that is wrong with a request: where, and what to do. Never what was sent."""

    where: list[str]
    code: str
    zh: str
    en: str


class Needed(Schema):
    """What an enquiry for this purpose must carry; ``matters`` are the kinds of matter it may be used for, if bound."""

    ground: str
    statutes: list[str]
    matter_no: bool
    matters: list[str]
    authorisation: bool


class ToMatch(Schema):
    """The page on which a clerk of the unit says once what the columns stand for; ``held`` is the file kept for that.

    Without a file kept the clerk gives it to the page. Afterwards the same headings are known.
    """

    page: str
    held: UUID | None
    held_until: datetime | None


class Problem(Schema):
    """RFC 9457 problem. ``detail`` is Chinese, ``detail_en`` English; ``ledger_entry`` proves a refused enquiry.

    ``mapping`` stands under the code ``columns.mapping`` only. ``help`` is the address of a page about the code, and
    ``error`` the name that OAuth gives to a refusal of its two operations.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    detail_en: str
    errors: list[Fault]
    needed: Needed | None = None
    mapping: ToMatch | None = None
    ledger_entry: int | None = None
    help: str = ""
    error: str | None = None


def answers(schema: Any, *problems: int, status: int = 200) -> dict[int, Any]:
    """Return the declared answers of an operation: its own, and the problems it may end in."""
    return {status: schema, **dict.fromkeys(sorted(problems), Problem)}
