"""From what was typed to whose file it is: by exact declared code, for many at once (charter C06)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.disclosure.screening.effective import screen
from chengxin.disclosure.screening.shapes import Asked
from chengxin.registry import listed
from chengxin.registry import selectors as registry
from chengxin.registry.listed import Known
from chengxin.rules import names
from chengxin.rules.identifiers.check import normal_form
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.screening import Hit, Matter, Status


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found for one subject: its status, its file if there is one, why it was not looked for, its hits."""

    status: Status
    known: Known | None = None
    reason: str = ""
    hits: tuple[Hit, ...] = ()
    name_agrees: bool = True


Found = Mapping[tuple[CodeKind, str], Known]


def look(subjects: Sequence[Asked], matter: Matter, actor: User, today: date) -> list[Looked]:
    """Return what stands about each subject for a matter, in the order asked."""
    codes = [_code(asked, matter.subject_kinds) for asked in subjects]
    found = _found(asked_code for asked_code in codes if not isinstance(asked_code, Looked))
    own, ours = _conflicts(actor)
    files = [_file(asked, code, found, own, ours) for asked, code in zip(subjects, codes, strict=True)]
    agreed = _agreeing(subjects, files)
    hits = screen({each.known.id for each in files if each.known and each.status is Status.NO_HIT}, matter.code, today)
    return [
        Looked(Status.HIT, each.known, "", hits[each.known.id], ok)
        if each.known and each.status is Status.NO_HIT and each.known.id in hits
        else (each if ok else Looked(each.status, each.known, each.reason, (), False))
        for each, ok in zip(files, agreed, strict=True)
    ]


def files_of(subjects: Sequence[Asked], kinds: Sequence[str]) -> list[Known | None]:
    """Return whose files these subjects are, without looking into any: for writing down whom a refusal was about."""
    codes = [_code(asked, kinds) for asked in subjects]
    found = _found(code for code in codes if not isinstance(code, Looked))
    pairs = zip(subjects, codes, strict=True)
    return [None if isinstance(code, Looked) else _same(asked, found.get(code)) for asked, code in pairs]


def _code(asked: Asked, kinds: Sequence[str]) -> tuple[CodeKind, str] | Looked:
    """Return the declared kind and the normal form of a code, or what to answer without looking anything up."""
    if not asked.code.strip():
        return Looked(Status.NEEDS_CODE, reason="needs_code")
    person = asked.subject_kind == "person"
    usable = asked.code_kind.is_personal if person else asked.code_kind is CodeKind.USCC
    code = normal_form(asked.code_kind, asked.code) if usable and asked.subject_kind in kinds else None
    return (asked.code_kind, code) if code else Looked(Status.NOT_USABLE, reason="code_not_usable")


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
    own = registry.subjects_of(actor).order_by().values_list("subject_id", flat=True)
    return frozenset(own), actor.agency.uscc if actor.agency else ""


def _file(asked: Asked, code: tuple[CodeKind, str] | Looked, found: Found, own: frozenset[UUID], ours: str) -> Looked:
    if isinstance(code, Looked):
        return code
    known = found.get(code)
    if known is not None and known.kind != asked.subject_kind:
        return Looked(Status.NOT_USABLE, reason="code_not_usable")
    known = _same(asked, known)
    if known is not None and (known.id in own or code == (CodeKind.USCC, ours)):
        return Looked(Status.REFUSED, known, "own_file" if known.id in own else "own_unit")
    return Looked(Status.NO_HIT, known)


def _same(asked: Asked, known: Known | None) -> Known | None:
    """Return a file if it is of the declared kind and, of a person, if the name agrees; else it is no file."""
    if known is None or known.kind != asked.subject_kind:
        return None
    return known if known.kind != "person" or known.name == registry.name_index(asked.name) else None


def _agreeing(subjects: Sequence[Asked], files: Sequence[Looked]) -> list[bool]:
    """Tell of each subject whether the name agrees; only of an organisation's that was given can it do otherwise."""
    named = {
        f.known.id for a, f in zip(subjects, files, strict=True) if f.known and a.name and a.subject_kind != "person"
    }
    borne = listed.names_of(named)
    return [
        file.known is None or file.known.id not in borne or not asked.name
        or names.organisation_key(asked.name) in borne[file.known.id]
        for asked, file in zip(subjects, files, strict=True)
    ]  # fmt: skip
