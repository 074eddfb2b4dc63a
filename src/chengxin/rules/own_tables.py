"""本项自己的表: the table of an item with columns of its own, made of the table it builds on and those columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from chengxin.rules.catalogue_changes import ChangeDoesNotFit
from chengxin.rules.catalogue_items import ItemDefinition
from chengxin.rules.layouts import Field, Layout, fold_header


def own_table(base: Layout, item: ItemDefinition) -> Layout:
    """Return the table of an item: the columns it builds on, then its own, under the item's code and name."""
    return replace(
        base,
        code=item.table,
        version=f"{base.version}·{item.since.isoformat()}",
        zh=item.zh,
        en=item.en,
        since=item.since,
        until=item.until,
        basis=str(item.basis[0]),
        verified=item.verified,
        fields=(*base.fields, *item.columns),
        _by_code={},
        _by_role={},
        _named={},
    )


def check_columns(item: ItemDefinition, base: Layout, before: Sequence[Field] = ()) -> None:
    """Raise ChangeDoesNotFit when a heading is taken, or when a column of the item in force is lost or changes kind.

    A column that is no longer wanted is retired by a change of its own, which tells recipients what it takes away.
    """
    names = [name for each in item.columns for name in {fold_header(n) for n in (each.code, each.zh, *each.aliases)}]
    twice = {name for name, times in Counter(names).items() if times > 1}
    for column in item.columns:
        for name in (column.code, column.zh, *column.aliases):
            if base.named(name) or fold_header(name) in twice:
                raise _unfit(item, column, "这一列名或者代码已有另一列使用", "its code or heading names another column")
    kept = {column.code: column.type for column in item.columns}
    for column in before:
        if kept.get(column.code) is not column.type:
            raise _unfit(
                item, column, "已有的列要保留，内容的种类不变；不再需要的，用“停用一列”",
                "a column there is stays, and stays of its kind; retire it by a change of its own",
            )  # fmt: skip


def _unfit(item: ItemDefinition, column: Field, zh: str, en: str) -> ChangeDoesNotFit:
    return ChangeDoesNotFit(f"{item.code} › {column.code}：{zh}。", f"{item.code} › {column.code}: {en}.")
