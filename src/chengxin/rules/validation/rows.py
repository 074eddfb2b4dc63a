"""The plain reading of one row: this is the specification that every faster engine has to agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from chengxin.rules import text as texts
from chengxin.rules.identifiers.uscc import INDIVIDUAL_PREFIX
from chengxin.rules.layouts import Field, Layout, Must, Role
from chengxin.rules.validation.amounts import looks_like_yuan, within_simple
from chengxin.rules.validation.cells import Value, read_cell, stripped
from chengxin.rules.validation.codes import Finding, Problem, Rule, Severity, render_all
from chengxin.rules.validation.context import Context
from chengxin.rules.validation.persons import read_person_number
from chengxin.rules.validation.shapes import EMPTY, NO_SHAPE

ORGANISATION, PERSON, INDIVIDUAL_BUSINESS = "organisation", "person", "individual_business"
CERTIFICATES = (
    (Role.PERSON_CERTIFICATE, Role.PERSON_NUMBER),
    (Role.REPRESENTATIVE_CERTIFICATE, Role.REPRESENTATIVE_NUMBER),
)
INVALID = "invalid"


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """A row in typed values: text, date, whole fen. ``bad`` are fields that hold something that could not be read."""

    values: dict[str, Value | None]
    bad: frozenset[str]
    kind: str | None
    subject_code: str | None
    document_key: str | None

    def value(self, field: Field | None) -> Value | None:
        """Return the typed value of a field, or None when the layout has no such field."""
        return None if field is None else self.values.get(field.code)

    def empty(self, field: Field | None) -> bool:
        """True when nothing is written in the cell, or the layout has no such field."""
        return field is None or (self.values.get(field.code) is None and field.code not in self.bad)


def check_row(cells: Mapping[str, str | None], layout: Layout, context: Context, row: int = 0) -> list[Finding]:
    """Return every rule in force that a row breaks; ``cells`` maps field codes to raw text, absent fields are empty."""
    return render_all(read_row(cells, layout, context)[1], layout, context.rules, row)


def typed_row(cells: Mapping[str, str | None], layout: Layout, context: Context) -> Typed:
    """Return the row in typed values, for admission."""
    return read_row(cells, layout, context)[0]


def is_refused(findings: list[Finding]) -> bool:
    """True when at least one finding keeps the row out."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def read_row(cells: Mapping[str, str | None], layout: Layout, context: Context) -> tuple[Typed, list[Problem]]:
    """Read every cell, then the rules that look at several cells."""
    values: dict[str, Value | None] = {}
    problems: list[Problem] = []
    for field in layout.fields:
        reading = read_cell(field, cell_of(field, cells), context)
        values[field.code] = reading.value
        problems += [reading.problem] if reading.problem else []
    bad = {p.field for p in problems if values[p.field] is None}
    for problem in _read_certificates(values, layout, context):
        problems.append(problem)
        bad |= {problem.field} if values[problem.field] is None else set()
    typed = _typed(values, frozenset(bad), layout)
    for rule in _ROW_RULES:
        problems += rule(typed, layout, context)
    return typed, problems


def cell_of(field: Field, cells: Mapping[str, str | None]) -> str | None:
    """Return what is written for a field: its own cell, or the one the layout says may stand in for it."""
    own = cells.get(field.code)
    return own if stripped(own) or not field.fallback else cells.get(field.fallback)


def _read_certificates(values: dict[str, Value | None], layout: Layout, context: Context) -> Iterator[Problem]:
    for certificate_role, number_role in CERTIFICATES:
        certificate, number = layout.role(certificate_role), layout.role(number_role)
        if certificate is None or number is None:
            continue
        kind, written = means(certificate, values[certificate.code]), values[number.code]
        if kind and isinstance(written, str):
            reading = read_person_number(number, written, kind, context.today)
            values[number.code] = reading.value
            if reading.problem:
                yield reading.problem


def means(field: Field, value: Value | None) -> str | None:
    """Return the meaning the rules give to a chosen value, or None."""
    choice = field.choice(value) if isinstance(value, str) else None
    return choice.means or None if choice else None


def _typed(values: dict[str, Value | None], bad: frozenset[str], layout: Layout) -> Typed:
    typed = Typed(values, bad, _kind(values, layout), None, None)
    return replace(typed, subject_code=_subject_code(typed, layout), document_key=_document_key(typed, layout))


def _kind(values: dict[str, Value | None], layout: Layout) -> str | None:
    """The kind a row declares; where the table does not ask, codes of individual businesses speak for themselves."""
    declared, uscc = layout.role(Role.SUBJECT_KIND), layout.role(Role.SUBJECT_USCC)
    if declared is not None:
        return means(declared, values[declared.code])
    individual = uscc is not None and str(values[uscc.code] or "").startswith(INDIVIDUAL_PREFIX)
    return INDIVIDUAL_BUSINESS if individual else layout.default_kind


def _subject_code(typed: Typed, layout: Layout) -> str | None:
    """The code that stands for the subject when rows are compared; a person's is the certificate number."""
    order = (Role.PERSON_NUMBER,) if typed.kind == PERSON else (Role.SUBJECT_USCC, Role.REGISTRATION_NO)
    found = (typed.value(layout.role(role)) for role in order)
    return next((str(value) for value in found if value is not None), None)


def _document_key(typed: Typed, layout: Layout) -> str | None:
    number = typed.value(layout.role(Role.DOCUMENT_NO))
    return texts.document_no(number) if isinstance(number, str) else None


def duplicate_key(typed: Typed, layout: Layout) -> tuple[str, str, str] | None:
    """Authority, document, subject: the same decision about several subjects is several rows, the same row is not.

    None when a part is missing, because rows without identity cannot be called the same.
    """
    authority = typed.value(layout.role(Role.AUTHORITY_CODE))
    if authority is None or typed.document_key is None or typed.subject_code is None:
        return None
    return str(authority), typed.document_key, typed.subject_code


def duplicate(layout: Layout, first_row: int, row: int) -> Iterator[Problem]:
    """Yield the problem of a row whose duplicate_key was met before in the same file, in ``first_row``."""
    field = layout.role(Role.DOCUMENT_NO)
    if field and first_row != row:
        yield Problem("file.duplicate", field.code, NO_SHAPE, str(first_row))


def is_required(must: Must, kind: str | None) -> bool:
    """Tell whether a field has to be filled in for a subject of this kind."""
    return {
        Must.ALWAYS: True,
        Must.OPTIONAL: False,
        Must.ORGANISATION: kind == ORGANISATION,
        Must.REGISTERED: kind in (ORGANISATION, INDIVIDUAL_BUSINESS),
        Must.PERSON: kind == PERSON,
    }[must]


def _required(typed: Typed, layout: Layout, context: Context) -> Iterator[Problem]:
    for field in layout.fields:
        if typed.empty(field) and is_required(field.must, typed.kind):
            yield Problem("cell.required", field.code, EMPTY)


def _code_and_kind(typed: Typed, layout: Layout, context: Context) -> Iterator[Problem]:
    uscc = layout.role(Role.SUBJECT_USCC)
    if uscc is None:
        return
    value = typed.value(uscc)
    if typed.kind == PERSON and not typed.empty(uscc):
        yield Problem("uscc.on_person", uscc.code, NO_SHAPE)
    if typed.kind == INDIVIDUAL_BUSINESS and typed.empty(uscc):
        yield Problem("subject.no_code", uscc.code, EMPTY)
    if value is not None and typed.kind in (ORGANISATION, INDIVIDUAL_BUSINESS):
        individual = str(value).startswith(INDIVIDUAL_PREFIX)
        if individual != (typed.kind == INDIVIDUAL_BUSINESS):
            yield Problem("uscc.kind", uscc.code, NO_SHAPE)


def _current(typed: Typed, layout: Layout, context: Context) -> Iterator[Problem]:
    """A decision that its own source calls invalid is no living one."""
    state = layout.role(Role.STATE)
    if state and means(state, typed.value(state)) == INVALID:
        yield Problem("row.not_current", state.code, NO_SHAPE)


def _public_bodies(typed: Typed, layout: Layout, context: Context) -> Iterator[Problem]:
    """The first character of a code says who registered its holder; a firm's register makes no authorities."""
    prefix = public_prefix(context)
    for field in layout.fields if prefix else ():
        value = typed.value(field) if field.public_body else None
        if isinstance(value, str) and not value.startswith(prefix):
            yield Problem("authority.kind", field.code, NO_SHAPE)


def public_prefix(context: Context) -> str:
    """Return how the codes of public bodies begin, "" while no rule asks."""
    rule = context.rules.get("authority.kind")
    return str(rule.limits["registered_by"]) if rule else ""


def _dates_in_order(typed: Typed, layout: Layout, context: Context) -> Iterator[Problem]:
    until = layout.role(Role.VALID_UNTIL)
    start = layout.role(Role.VALID_FROM) or layout.role(Role.DECIDED_ON)
    last, first = typed.value(until), typed.value(start)
    if until and start and last is not None and first is not None and last < first:  # type: ignore[operator]  # Both are there.
        yield Problem("date.order", until.code, NO_SHAPE, "", start.code)


def _category_demands(typed: Typed, layout: Layout, context: Context) -> Iterator[Problem]:
    atoms = str(typed.value(layout.role(Role.CATEGORY)) or "").split(";")
    for role, code, words in DEMANDS:
        field = layout.role(role)
        if field is None or field.code in typed.bad or not any(atom.startswith(words) for atom in atoms):
            continue
        if not typed.value(field):
            yield Problem(code, field.code, EMPTY if typed.empty(field) else NO_SHAPE)


def _amount_demands(typed: Typed, layout: Layout, context: Context) -> Iterator[Problem]:
    """An amount demands its category, or the penalty would be taken for a milder one."""
    category = layout.role(Role.CATEGORY)
    written = typed.value(category)
    if category is None or not isinstance(written, str):
        return
    for role, code, word in AMOUNTS:
        field = layout.role(role)
        if field and typed.value(field) and not names_kind(written, word):
            yield Problem(code, category.code, NO_SHAPE, "", field.code)


def names_kind(categories: str, word: str) -> bool:
    """Tell whether one of the categories names a kind of penalty, be it after “其他-”."""
    return word in categories


AMOUNTS: tuple[tuple[Role, str, str], ...] = (
    (Role.FINE, "fine.category", "罚款"),
    (Role.CONFISCATION, "confiscation.category", "没收"),
)
# A category of penalty demands the field that says how much or which; nought is no answer.
DEMANDS: tuple[tuple[Role, str, tuple[str, ...]], ...] = (
    (Role.FINE, "fine.amount", ("罚款",)),
    (Role.CONFISCATION, "confiscation.amount", ("没收",)),
    (Role.LICENCE, "licence.text", ("暂扣", "吊销")),
)


def _units(typed: Typed, layout: Layout, context: Context) -> Iterator[Problem]:
    content = str(typed.value(layout.role(Role.CONTENT)) or "")
    for role in (Role.FINE, Role.CONFISCATION):
        field = layout.role(role)
        fen = typed.value(field)
        if field and isinstance(fen, int) and looks_like_yuan(fen, content, context.suspect_wan):
            yield Problem("amount.unit", field.code, NO_SHAPE, str(context.suspect_wan))


def _unnamed(typed: Typed, layout: Layout, context: Context) -> Iterator[Problem]:
    """“Other” alone says nothing; the layout asks for the kind to be named after it."""
    field = layout.role(Role.CATEGORY)
    if field and field.open_prefix and is_unnamed(str(typed.value(field) or ""), field.open_prefix):
        yield Problem("category.unnamed", field.code, NO_SHAPE)


def is_unnamed(categories: str, other: str) -> bool:
    """Tell whether one of the categories is the bare word for others."""
    return any(atom.rstrip("-－—:： ") == other for atom in categories.split(";"))


def _simple(typed: Typed, layout: Layout, context: Context) -> Iterator[Problem]:
    category, decided = layout.role(Role.CATEGORY), typed.value(layout.role(Role.DECIDED_ON))
    rule = next((r for r in spot_rules(layout, context) if isinstance(decided, date) and r.in_force(decided)), None)
    highest = rule.limits.get(typed.kind or "") if rule else None
    written, fen = typed.value(category), typed.value(layout.role(Role.FINE))
    if category is None or highest is None or not isinstance(written, str):
        return
    if within_simple(written.split(";"), fen if isinstance(fen, int) else None, highest):
        yield Problem("penalty.simple", category.code, NO_SHAPE, str(highest))


def spot_rules(layout: Layout, context: Context) -> tuple[Rule, ...]:
    """Return what may be decided on the spot, by the law of each time of deciding; nothing but for penalties.

    Their limits are the highest fines in yuan, by kind of party.
    """
    rule = context.rules.get("penalty.simple")
    return () if rule is None or layout.role(Role.FINE) is None else rule.versions


_ROW_RULES: tuple[Callable[[Typed, Layout, Context], Iterator[Problem]], ...] = (
    _required,
    _current,
    _code_and_kind,
    _public_bodies,
    _dates_in_order,
    _category_demands,
    _amount_demands,
    _units,
    _unnamed,
    _simple,
)
