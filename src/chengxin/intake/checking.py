"""From a table of texts to rows that are in order and rows that are not; refusals where no row can be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from chengxin.accounts.models import Agency
from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.engines import columnar
from chengxin.intake import column_faults, column_pairs, confirmed, contents, reasons, rulebook, supplying
from chengxin.intake.column_faults import ColumnsRefused, ColumnsShifted, ColumnsUnknown, shown
from chengxin.intake.confirmed import Read
from chengxin.intake.readers.faults import FileRefused
from chengxin.intake.readers.headings import Knows
from chengxin.intake.readers.table import ROW, Table
from chengxin.intake.reasons import Stored
from chengxin.rules import columns as rules
from chengxin.rules import supplies
from chengxin.rules.column_shifts import find_slip, find_swap
from chengxin.rules.columns import Certainty, Contents, Proposal, Proposals
from chengxin.rules.lawfiles import ProhibitedTerm
from chengxin.rules.layouts import Layout, fold_header
from chengxin.rules.validation.cells import BLANKS, NOTHING
from chengxin.rules.validation.shapes import Shape

__all__ = [
    "Checked",
    "ColumnsRefused",
    "ColumnsShifted",
    "ColumnsUnknown",
    "ProhibitedColumn",
    "check",
    "knows",
    "proposals",
    "refuse_prohibited",
    "shown",
]
_JOINED_BY = "；"


class ProhibitedColumn(FileRefused):
    """Charter C02: a column holds what nobody may collect, or what needs written consent this item does not have."""

    code = "columns.prohibited"


@dataclass(frozen=True)
class Checked:
    """A table after its check: one typed line per line of ``table.frame``, findings by row number as the clerk sees it.

    ``bad`` are the row numbers that are kept out; ``notes`` concern the whole file.
    """

    table: Table
    layout: Layout
    codes: tuple[str, ...]
    typed: pl.DataFrame
    findings: dict[int, list[Stored]]
    bad: frozenset[int]
    notes: list[Stored]


def check(
    table: Table, item: ItemVersion, today: date, *, agency: Agency | None = None, settled: Collection[int] = ()
) -> Checked:
    """Check a whole table against the layout of an item, under the columns that the agency confirmed, if it did.

    The columns are looked at as a whole; ``settled`` rows, which have a verdict, are then left out and not judged.

    Raises ProhibitedColumn, ColumnsRefused, ColumnsShifted, and ColumnsUnknown when a person has to match the columns.
    """
    layout = lawbook.layout(item.layout, today)
    context = rulebook.context_on(layout, today, procedure=item.definition.get("procedure") or "")
    refuse_prohibited(table.headings, item)
    seen = contents.look(table.frame, _places(table), layout)
    remembered = _remembered(table, item, layout, agency)
    found = _settled(table.headings, layout, seen, remembered)
    own = (agency.name_zh, agency.uscc) if agency else None
    codes = _codes(found.columns)
    _refuse_slipped(codes, table.headings, layout, seen)
    swap = None if remembered is not None else column_pairs.exchanged(table.frame, codes, layout, own)
    if swap is not None:
        raise column_faults.perhaps_swapped(swap, found, layout)
    if settled:
        table = replace(table, frame=table.frame.filter(~pl.col(ROW).is_in(list(settled))))
    named = _named(table.frame, found.columns)
    if remembered is not None and remembered.supplied and own:
        named = supplying.completed(named, remembered.supplied, layout, own)
    validated = columnar.validate(named, layout, context)
    rows = table.frame[ROW].to_list()
    findings, general = _by_row(validated.findings, rows)
    bad = {rows[at] for at in validated.bad.arg_true()}
    slips = contents.slipped_rows(table.frame, codes, layout, contents.torn(validated.findings))
    for at, (field, by) in slips.items():
        side = ("右", "right") if by > 0 else ("左", "left")
        findings.setdefault(rows[at], []).insert(0, reasons.stored("row.shifted", field, Shape(*side), str(abs(by))))
    stated = _not_current(table.frame, found.columns), _other_procedure(table.frame, found.columns, item)
    for row_no, told in [*_uneven(table), *stated[0], *stated[1]]:
        findings.setdefault(row_no, []).append(told)
        bad.add(row_no)
    notes = [*_about(table, layout, remembered), *_passed_over(found.columns), *general]
    return Checked(table, layout, codes, validated.typed, findings, frozenset(bad), notes)


def proposals(table: Table, item: ItemVersion, today: date, agency: Agency) -> tuple[Proposals, list[Contents]]:
    """Propose a field for every column, with the shape of what stands in it; raises ProhibitedColumn, ColumnsRefused.

    What the agency has confirmed for these headings already goes before any proposal.
    """
    layout = lawbook.layout(item.layout, today)
    refuse_prohibited(table.headings, item)
    seen = contents.look(table.frame, _places(table), layout, shapes=True)
    remembered = _remembered(table, item, layout, agency)
    if remembered is not None:
        return _confirmed(table.headings, remembered, layout), seen
    found = rules.propose(table.headings, layout, seen)
    _refuse_without_headings(found, table.headings, layout)
    return found, seen


def knows(item: ItemVersion, today: date) -> Knows:
    """Return what tells the names that the layout of an item knows, for a reader that looks for the heading."""
    layout = lawbook.layout(item.layout, today)
    return lambda heading: layout.named(heading) is not None


def refuse_prohibited(headings: Sequence[str], item: ItemVersion) -> None:
    """Raise ProhibitedColumn when a heading names content that may not be collected (charter C02, C03)."""
    prohibited = lawbook.prohibited()
    hits = prohibited.find(headings) or ([] if item.needs_consent else prohibited.needing_consent(headings))
    if hits:
        raise _prohibited(*hits[0])


def _prohibited(kind: ProhibitedTerm, word: str) -> ProhibitedColumn:
    return ProhibitedColumn(
        f"表头含有“{word}”，属于“{kind.zh}”，依据{kind.basis[0]}不得归集；全文未接收。请删除该列并停止采集后重报。",
        f"A heading holds “{word}”, which is {kind.en}; it may not be collected ({kind.basis[0]}). The whole file was "
        "refused. Delete the column, stop collecting it, and send the file again.",
        kind=kind.code,
    )


def _places(table: Table) -> list[str]:
    return [str(at) for at in range(len(table.headings))]


def _remembered(table: Table, item: ItemVersion, layout: Layout, agency: Agency | None) -> Read | None:
    if agency is None:
        return None
    return confirmed.in_force(agency, item.item, table.headings, layout, mended=table.kind == confirmed.MENDED)


def _confirmed(headings: Sequence[str], read: Read, layout: Layout) -> Proposals:
    living = {code: supplying.only(layout, code, read.supplied) for code in read.supplied}
    return rules.confirmed(headings, read.fields, layout, supplies.filled(read.supplied), living)


def _settled(headings: Sequence[str], layout: Layout, seen: list[Contents], remembered: Read | None) -> Proposals:
    """Return what every column stands for when that is certain; what is only likely is asked, never applied."""
    if remembered is not None:
        return _confirmed(headings, remembered, layout)
    found = rules.propose(headings, layout, seen)
    if found.settled:
        return found
    _refuse_without_headings(found, headings, layout)
    raise column_faults.unknown(found, layout)


def _refuse_without_headings(found: Proposals, headings: Sequence[str], layout: Layout) -> None:
    """Raise ColumnsRefused for what no matching of columns can mend, and nothing else can stand in for."""
    folded = [fold_header(heading) for heading in headings]
    repeated = [heading for heading, name in zip(headings, folded, strict=True) if folded.count(name) > 1]
    data = not found.recognised or found.missing
    no_headings = bool(data) and rules.looks_like_data(headings, contents.fits_of(headings, layout), layout)
    known = {column.field for column in found.columns if column.field}
    lost = set(found.missing) - supplies.fillable(layout, known, headings)
    if repeated or no_headings or (lost and not found.unknown and not found.doubled):
        raise column_faults.refused(found, list(dict.fromkeys(repeated)), layout, no_headings=no_headings)


def _codes(columns: Sequence[Proposal]) -> tuple[str, ...]:
    """Return the field code of every column, "" where it is left out; of joined columns the first stands for all."""
    met: set[str] = set()
    codes = []
    for column in columns:
        codes.append("" if column.field in met else column.field)
        met.add(column.field)
    return tuple(codes)


def _named(frame: pl.DataFrame, columns: Sequence[Proposal]) -> pl.DataFrame:
    """Name columns by their fields; columns of one field are joined as a list, cells that say nothing left out."""
    places: dict[str, list[str]] = {}
    for at, column in enumerate(columns):
        if column.field:
            places.setdefault(column.field, []).append(str(at))
    return frame.select(
        pl.col(at[0]).alias(code) if len(at) == 1 else _joined(at).alias(code) for code, at in places.items()
    )


def _joined(places: Sequence[str]) -> pl.Expr:
    texts = [_said(place) for place in places]
    return pl.concat_str(texts, separator=_JOINED_BY, ignore_nulls=True)


def _said(place: str) -> pl.Expr:
    text = pl.col(place).str.strip_chars(BLANKS)
    return pl.when(~text.is_in(list(NOTHING))).then(text)


def _refuse_slipped(codes: Sequence[str], headings: Sequence[str], layout: Layout, seen: list[Contents]) -> None:
    slip = find_slip(codes, layout, seen)
    if slip is not None:
        raise column_faults.slipped(slip, headings[codes.index(slip.field)], layout)
    swap = find_swap(codes, layout, seen)
    if swap is not None:
        raise column_faults.swapped(swap, layout)


def _about(table: Table, layout: Layout, remembered: Read | None) -> Iterator[Stored]:
    """Yield what the clerk is told about the file: where its heading was, and what filled missing columns."""
    if table.place.passed:
        sheet = str(table.place.sheet or "")
        yield reasons.stored(
            "file.heading_sheet" if sheet else "file.heading_row", limit=str(table.place.row), other=sheet
        )
    for field, offer in supplies.told(layout, remembered.supplied if remembered else {}):
        code = "column.old_codes" if offer.way.startswith(supplies.CODES) else "column.supplied"
        yield reasons.stored(code, field.code, Shape(offer.zh, offer.en))


def _passed_over(columns: Sequence[Proposal]) -> Iterator[Stored]:
    for each in filter(_left_out, columns):
        yield reasons.stored("column.passed", field=shown(each.heading))


def _left_out(column: Proposal) -> bool:
    return not column.field and column.certainty is not Certainty.EMPTY


def _uneven(table: Table) -> Iterator[tuple[int, Stored]]:
    """Yield a finding for each row whose cells cannot be told apart."""
    for uneven in table.uneven:
        yield uneven.row, reasons.stored("row.cells", limit=str(len(table.headings)), other=str(uneven.found))


def _not_current(frame: pl.DataFrame, columns: Sequence[Proposal]) -> Iterator[tuple[int, Stored]]:
    """Yield a finding for each row whose state says that its decision no longer stands."""
    for at, column in enumerate(columns):
        if column.passed and column.passed.only:
            other = _said(str(at)).is_in(list(column.passed.only)).not_().fill_null(False)
            for row_no in frame.filter(other)[ROW].to_list():
                yield row_no, reasons.stored("row.not_current", field=shown(column.heading))


def _other_procedure(
    frame: pl.DataFrame, columns: Sequence[Proposal], item: ItemVersion
) -> Iterator[tuple[int, Stored]]:
    """Yield a finding for each row decided by another procedure than that of its catalogue item.

    One of the simple procedure would be published, and one of the ordinary procedure hidden.
    """
    own = item.definition.get("procedure")
    for at, column in enumerate(columns):
        stated = column.passed.procedures if own and column.passed else {}
        others = [word for procedure, words in stated.items() if procedure != own for word in words]
        for row_no in frame.filter(_said(str(at)).is_in(others).fill_null(False))[ROW].to_list() if others else ():
            yield row_no, reasons.stored("row.procedure", field=shown(column.heading))


def _by_row(found: pl.DataFrame, rows: list[int]) -> tuple[dict[int, list[Stored]], list[Stored]]:
    """Gather the engine's findings under the row numbers a clerk sees; row 0 is the file."""
    by_row: dict[int, list[Stored]] = {}
    general: list[Stored] = []
    columns = ("row", "code", "field", "shape_zh", "shape_en", "limit", "other")
    for row, code, field, zh, en, limit, other in found.select(columns).iter_rows():
        if code == "file.duplicate" and limit:
            limit = str(rows[int(limit) - 1])
        whole = {"code": code, "field": field, "zh": zh, "en": en, "limit": limit, "other": other}
        kept = {key: value for key, value in whole.items() if value}
        if row:
            by_row.setdefault(rows[row - 1], []).append(kept)
        else:
            general.append(kept)
    return by_row, general
