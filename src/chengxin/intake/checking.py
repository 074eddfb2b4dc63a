"""From a table of texts to rows that are in order and rows that are not; refusals where no row can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.engines import columnar
from chengxin.intake import reasons, rulebook
from chengxin.intake.readers.faults import FileRefused
from chengxin.intake.readers.table import ROW, Table
from chengxin.intake.reasons import Stored
from chengxin.rules.lawfiles import ProhibitedTerm
from chengxin.rules.layouts import Layout, Matched
from chengxin.rules.validation.context import Context

_DIGITS = re.compile(r"\d{6,}")
_SHOWN = 6
_REMEDY_ZH = "请按模板补正后重报；全文未入库。"
_REMEDY_EN = "Correct it by the template and send the file again; nothing was stored."


class ColumnsRefused(FileRefused):
    """Headings that do not describe the table of the catalogue item."""

    code = "columns"


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


def check(table: Table, item: ItemVersion, today: date) -> Checked:
    """Check a whole table against the layout of an item; raises ColumnsRefused and ProhibitedColumn."""
    layout = lawbook.layout(item.layout, today)
    context = rulebook.context_on(layout, today)
    refuse_prohibited(table.headings, item)
    codes, notes = _columns(table.headings, layout, context)
    named = table.frame.select(pl.col(str(at)).alias(code) for at, code in enumerate(codes) if code)
    validated = columnar.validate(named, layout, context)
    rows = table.frame[ROW].to_list()
    findings, general = _by_row(validated.findings, rows)
    bad = {rows[at] for at in validated.bad.arg_true()}
    for uneven in table.uneven:
        found = reasons.stored("row.cells", limit=str(len(table.headings)), other=str(uneven.found))
        findings.setdefault(uneven.row, []).append(found)
        bad.add(uneven.row)
    return Checked(table, layout, codes, validated.typed, findings, frozenset(bad), [*notes, *general])


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


def _columns(headings: Sequence[str], layout: Layout, context: Context) -> tuple[tuple[str, ...], list[Stored]]:
    """Return the field code of every column ("" where unknown) and a note for each column that is passed over."""
    matched = layout.match(headings)
    if not matched.complete or len(set(headings)) != len(headings):
        raise _columns_refused(headings, matched, layout)
    notes = [reasons.stored("column.unknown", field=shown(heading)) for heading in matched.extra]
    return tuple(matched.mapping.get(heading, "") for heading in headings), notes


def _columns_refused(headings: Sequence[str], matched: Matched, layout: Layout) -> ColumnsRefused:
    doubled = [*matched.doubled, *{h for h in headings if headings.count(h) > 1}]
    missing_zh = "、".join(layout.get(code).zh for code in matched.missing[:_SHOWN])
    missing_en = ", ".join(layout.get(code).en for code in matched.missing[:_SHOWN])
    zh = [f"缺少必填列：{missing_zh}（共 {len(matched.missing)} 列）。"] if matched.missing else []
    en = [f"Required columns are missing: {missing_en} ({len(matched.missing)} in all)."] if matched.missing else []
    if doubled:
        names = "、".join(shown(name) for name in doubled[:_SHOWN])
        zh.append(f"这些列重复：{names}，只能保留一列。")
        en.append(f"Columns that occur twice: {names}; keep one.")
    if not matched.mapping:
        zh.append("第一行不像表头，请确认第一行是列名。")
        en.append("The first row does not look like headings; make sure that it names the columns.")
    return ColumnsRefused("".join([*zh, _REMEDY_ZH]), " ".join([*en, _REMEDY_EN]), missing=list(matched.missing))


def shown(heading: str) -> str:
    """Return a heading as it may be repeated: no runs of digits, for a file may have data where headings belong."""
    return _DIGITS.sub("…", heading)[:30]


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
