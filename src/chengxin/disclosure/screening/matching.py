"""From what was typed to whose file it is: by exact declared code, for many at once (charter C06)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.disclosure.screening.effective import screen
from chengxin.disclosure.screening.shapes import Asked
from chengxin.registry import listed
from chengxin.registry import selectors as registry
from chengxin.registry.listed import Known
from chengxin.rules import names
from chengxin.rules.identifiers.check import normal_form
from chengxin.rules.identifiers.shape import tidy
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.screening import Hit, Matter, Status


class Looked(NamedTuple):
    """What was found for one subject: its status, its file if there is one, why it was not looked for, its hits."""

    status: Status
    known: Known | None = None
    reason: str = ""
    hits: tuple[Hit, ...] = ()
    name_agrees: bool = True


NOT_USABLE = Looked(Status.NOT_USABLE, reason="code_not_usable")
NOT_FOUND = Looked(Status.NO_HIT)
Found = Mapping[tuple[CodeKind, str], Known]


def look(subjects: Sequence[Asked], matter: Matter, actor: User, today: date) -> list[Looked]:
    """Return what stands about each subject for a matter, in the order asked."""
    codes = [_code(asked, matter.subject_kinds) for asked in subjects]
    found = _found(asked_code for asked_code in codes if not isinstance(asked_code, Looked))
    own, ours = _conflicts(actor)
    files = [_file(asked, code, found, own, ours) for asked, code in zip(subjects, codes, strict=True)]
    agreed = _agreeing(subjects, files)
    hits = screen({each.known.id for each in files if each.known and each.status is Status.NO_HIT}, matter.code, today)
    return [_with_hits(each, hits, ok) for each, ok in zip(files, agreed, strict=True)]


def _with_hits(file: Looked, hits: Mapping[UUID, tuple[Hit, ...]], agrees: bool) -> Looked:
    struck = hits.get(file.known.id, ()) if file.known and file.status is Status.NO_HIT else ()
    if not struck and agrees:
        return file
    return Looked(Status.HIT if struck else file.status, file.known, file.reason, struck, agrees)


def files_of(subjects: Sequence[Asked], kinds: Sequence[str]) -> list[Known | None]:
    """Return whose files these subjects are, without looking into any: for writing down whom a refusal was about."""
    codes = [_code(asked, kinds) for asked in subjects]
    found = _found(code for code in codes if not isinstance(code, Looked))
    pairs = zip(subjects, codes, strict=True)
    return [None if isinstance(code, Looked) else _same(asked, found.get(code)) for asked, code in pairs]


def code_of(asked: Asked, kinds: Sequence[str]) -> tuple[CodeKind, str] | None:
    """Return the declared kind and the code in the form it would be filed under, or None if it cannot be one."""
    code = _code(asked, kinds)
    return code if not isinstance(code, Looked) and normal_form(*code) else None


def _code(asked: Asked, kinds: Sequence[str]) -> tuple[CodeKind, str] | Looked:
    """Return the declared kind and a code to look for, or what to answer without looking anything up.

    The code of an organisation is looked for as it is: one that is found needs no check of its characters, and one
    that is not is checked afterwards.
    """
    if not asked.code.strip():
        return Looked(Status.NEEDS_CODE, reason="needs_code")
    person = asked.subject_kind == "person"
    usable = asked.code_kind.is_personal if person else asked.code_kind is CodeKind.USCC
    if not usable or asked.subject_kind not in kinds:
        return NOT_USABLE
    code = normal_form(asked.code_kind, asked.code) if person else tidy(asked.code)
    return (asked.code_kind, code) if code else NOT_USABLE


def _found(codes: Iterable[tuple[CodeKind, str]]) -> Found:
    by_kind: dict[CodeKind, set[str]] = defaultdict(set)
    for kind, code in codes:
        by_kind[kind].add(code)
    found: dict[tuple[CodeKind, str], Known] = {}
    for kind, wanted in by_kind.items():
        known = listed.persons(kind, wanted) if kind.is_personal else listed.organisations(wanted)
        found.update(((kind, code), each) for code, each in known.items())
    return found


def _conflicts(actor: User) -> tuple[frozenset[UUID], str]:
    """Return whom the actor may act for, and the code of the actor's own unit (charter C25)."""
    return listed.own_of(actor.pk), actor.agency.uscc if actor.agency else ""


def _file(asked: Asked, code: tuple[CodeKind, str] | Looked, found: Found, own: frozenset[UUID], ours: str) -> Looked:
    if isinstance(code, Looked):
        return code
    known = found.get(code)
    if known is None:
        return NOT_FOUND if normal_form(*code) else NOT_USABLE
    if known.kind != asked.subject_kind:
        return NOT_USABLE
    if _same(asked, known) is None:
        return NOT_FOUND
    if known.id in own or code == (CodeKind.USCC, ours):
        return Looked(Status.REFUSED, known, "own_file" if known.id in own else "own_unit")
    return Looked(Status.NO_HIT, known)


def _same(asked: Asked, known: Known | None) -> Known | None:
    """Return a file if it is of the declared kind and, of a person, if the name agrees; else it is no file."""
    if known is None or known.kind != asked.subject_kind:
        return None
    return known if known.kind != "person" or known.name == registry.name_index(asked.name) else None


def _agreeing(subjects: Sequence[Asked], files: Sequence[Looked]) -> list[bool]:
    """Tell of each subject whether the name agrees; only of an organisation's that was given can it do otherwise."""
    pairs = list(zip(subjects, files, strict=True))
    named = {file.known.id for asked, file in pairs if asked.name and file.known and file.known.kind != "person"}
    if not named:
        return [True] * len(pairs)
    borne = listed.names_of(named)
    return [_agrees(asked, borne.get(file.known.id)) if file.known else True for asked, file in pairs]


def _agrees(asked: Asked, borne: frozenset[str] | None) -> bool:
    return not asked.name or borne is None or names.organisation_key(asked.name) in borne
