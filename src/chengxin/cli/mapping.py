"""Commands for the columns of an agency's files."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from chengxin.cli import setup
from chengxin.cli.operations import DEMO_OPTION

_AGENCY = click.option("--agency", "code", required=True, help="The agency's unified social credit code. 信源单位代码")
_ITEM = click.option("--item", required=True, help="Catalogue item, such as JS-CF-01. 目录项编码")
_USER = click.option("--as", "username", required=True, help="The user who acts. 经办人用户名")
_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def mapping() -> None:
    """Which column of a file is which field. 列对应。"""


def _who(code: str, username: str, demo: bool) -> tuple[Any, Any]:
    setup.demonstration(setup.DEMO_DAY, fresh=False) if demo else setup.django()
    from chengxin.accounts import selectors as accounts

    agency, actor = accounts.agency_by_uscc(code), accounts.user_by_name(username)
    if agency is None or actor is None:
        raise click.ClickException("没有这个单位或用户。\nThere is no such agency or user.")
    return agency, actor


def _proposed(file: Path, item: str, agency: Any, actor: Any) -> Any:
    from chengxin.intake import mappings
    from chengxin.ui import clock

    with file.open("rb") as stream:
        return mappings.propose(agency, item, stream, actor=actor, today=clock.today())


@mapping.command()
@_FILE
@_ITEM
@_AGENCY
@_USER
@DEMO_OPTION
def propose(file: Path, item: str, code: str, username: str, demo: bool) -> None:
    """Show what each column is proposed to be, and why; nothing is stored. 逐列给出建议和理由，不保存。"""
    found = _proposed(file, item, *_who(code, username, demo))
    for each in found.stored():
        mark = "?" if each["certainty"] in ("likely", "open") else " "
        click.echo(
            f"{mark} {each['heading']} → {each['field'] or '-'}  {each['zh']} {each['en']}  [{each['shape_zh']}]"
        )
    for missing in found.columns.missing:
        field = found.layout.get(missing)
        click.echo(f"! {missing} {field.zh}：必填，没有对应的列 required, no column")
    for gap in found.gaps:
        click.echo(f"+ {gap.field} {found.layout.get(gap.field).zh}：{gap.zh} {gap.en}")
        for offer in gap.offers:
            click.echo(f"  {'*' if offer.way == gap.proposed else ' '} {offer.way}  {offer.zh} {offer.en}")


@mapping.command()
@_FILE
@_ITEM
@_AGENCY
@_USER
@click.option("--column", "columns", multiple=True, metavar="HEADING=FIELD", help="FIELD, or “-” for not read. 列=字段")
@click.option("--fill", "fills", multiple=True, metavar="FIELD=WAY", help="A WAY that propose lists. 字段=补法")
@DEMO_OPTION
def confirm(
    file: Path, item: str, code: str, username: str, columns: tuple[str, ...], fills: tuple[str, ...], demo: bool
) -> None:
    """Confirm the columns of a file; what is not certain by its name has to be said. 确认列对应。"""
    agency, actor = _who(code, username, demo)
    from chengxin.intake import mappings
    from chengxin.ui import clock

    found = _proposed(file, item, agency, actor)
    said = dict(_pair(column) for column in columns)
    chosen = {each.heading: each.field for each in found.columns.columns if each.heading not in found.columns.unknown}
    open_ones = [heading for heading in found.columns.unknown if heading not in said]
    strange = [heading for heading in said if heading not in found.headings]
    if open_ones or strange:
        raise click.ClickException(
            f"须用 --column 说明：{'、'.join(open_ones) or '-'}；文件中没有：{'、'.join(strange) or '-'}。\n"
            f"Say with --column: {', '.join(open_ones) or '-'}; not in the file: {', '.join(strange) or '-'}."
        )
    ordered = {heading: (chosen | said)[heading] for heading in found.headings}
    supplied = {field: way for field, _, way in (fill.partition("=") for fill in fills)}
    said_by: dict[str, Any] = {"actor": actor, "now": clock.now(), "today": clock.today()}
    made = mappings.confirm(agency, item, ordered, found.stored(), supplied=supplied, **said_by)
    click.echo(f"{made.id} 第 {made.version} 版 version {made.version}")


def _pair(column: str) -> tuple[str, str]:
    heading, _, field = column.rpartition("=")
    return heading, "" if field == "-" else field


@mapping.command("list")
@_AGENCY
@_USER
@DEMO_OPTION
def list_all(code: str, username: str, demo: bool) -> None:
    """List the agency's mappings with their versions. 列出各版本。"""
    agency, _ = _who(code, username, demo)
    from chengxin.intake import mappings

    for each in mappings.mappings_of(agency):
        state = "使用中 in force" if each.withdrawn_at is None else "已停用 withdrawn"
        click.echo(f"{each.id} {each.item.code} 第 {each.version} 版 {state} {each.confirmed_at:%Y-%m-%d}")


@mapping.command()
@click.argument("mapping_id", type=click.UUID)
@_AGENCY
@_USER
@DEMO_OPTION
def revert(mapping_id: UUID, code: str, username: str, demo: bool) -> None:
    """Go back to an earlier version. 恢复以前的一版。"""
    _, actor = _who(code, username, demo)
    from chengxin.intake import mappings
    from chengxin.ui import clock

    made = mappings.revert(mapping_id, actor=actor, now=clock.now(), today=clock.today())
    click.echo(f"{made.id} 第 {made.version} 版，恢复自第 {made.restores} 版 restored from version {made.restores}")
