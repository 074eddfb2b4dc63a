"""Commands for what a source does to records it has filed: find, withdraw, correct, trace."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from chengxin.cli import setup
from chengxin.cli.operations import DEMO_OPTION

AS_OPTION = click.option("--as", "username", required=True, help="The user who acts. 经办人用户名")
RECORD = click.argument("record", type=click.UUID)


def actor_of(username: str, demo: bool) -> Any:
    """Start the installation, or the demonstration, and return the user who acts."""
    setup.demonstration(setup.DEMO_DAY, fresh=False) if demo else setup.django()
    from chengxin.accounts import selectors as accounts

    found = accounts.user_by_name(username)
    if found is None:
        raise click.ClickException("没有这个用户。\nThere is no such user.")
    return found


def clock_of() -> tuple[datetime, date]:
    """Return the moment and the day it is."""
    from chengxin.ui import clock

    return clock.now(), clock.today()


@click.group()
def record() -> None:
    """Records an agency has filed. 本单位报送的记录。"""


@record.command("find")
@AS_OPTION
@DEMO_OPTION
def find(username: str, demo: bool) -> None:
    """Find records by document number, code or certificate number. 按文号、代码或证件号码查找。

    What to look for is asked for and not shown, so that no history of commands keeps it; a script pipes it in.
    """
    actor = actor_of(username, demo)
    from chengxin.intake import filed

    asked = "文号、代码或证件号码 document number, code or certificate number"
    text = click.prompt(asked, hide_input=sys.stdin.isatty())
    for version in filed.find(text, actor=actor):
        state = "已终止 ended" if version.ended_at else "在用 standing"
        item = version.record.item.item.code
        click.echo(f"{version.record_id} {item} {version.document_date} {version.document_no or '—'} {state}")


@record.command("withdraw")
@RECORD
@click.option("--reason", type=click.Choice(["revoked", "changed", "illegal", "void", "mistake"]), required=True)
@click.option("--document", default="", help="Number of the document that says so. 依据文书文号")
@click.option("--date", "decided_on", type=click.DateTime(["%Y-%m-%d"]), help="Its date. 依据文书日期")
@click.option("--note", required=True, help="Why, in words. 说明理由")
@click.option("--dry-run", is_flag=True, help="Only the statutory clock. 只看期限")
@AS_OPTION
@DEMO_OPTION
def withdraw(
    record: UUID,
    reason: str,
    document: str,
    decided_on: datetime | None,
    note: str,
    dry_run: bool,
    username: str,
    demo: bool,
) -> None:
    """Take a record back: it leaves every answer at once. 撤回一条记录。"""
    actor = actor_of(username, demo)
    from chengxin.intake import withdrawals

    now, today = clock_of()
    ground = withdrawals.Ground(reason, decided_on.date() if decided_on else None, document, note)
    counted: Any
    if dry_run:
        counted = withdrawals.look(record, ground, actor=actor, today=today)
    else:
        counted = withdrawals.withdraw(record, ground, actor=actor, now=now, today=today)
    due = counted.due_on or "—"
    done = "试算 dry run" if dry_run else "已撤回 withdrawn"
    click.echo(f"{done}：法定期限 due {due}，逾期 days late {counted.days_late}")


@record.command("withdraw-file")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Look only. 试算")
@AS_OPTION
@DEMO_OPTION
def withdraw_file(file: Path, dry_run: bool, username: str, demo: bool) -> None:
    """Withdraw every record a table names, row by row. 批量撤回。"""
    actor = actor_of(username, demo)
    from chengxin.intake import withdrawal_files

    now, today = clock_of()
    with file.open("rb") as stream:
        told = withdrawal_files.withdraw_file(stream, actor=actor, now=now, today=today, dry_run=dry_run)
    for each in told:
        if each.refusal:
            click.echo(f"  第 {each.row_no} 行 row {each.row_no}: {each.refusal.zh}\n    {each.refusal.en}")
    word = "可以撤回 could be withdrawn" if dry_run else "撤回 withdrawn"
    refused = sum(bool(each.refusal) for each in told)
    click.echo(f"{word} {len(told) - refused}，未撤回 refused {refused}")


@record.command("undo")
@RECORD
@click.option("--note", required=True, help="Why, in words. 说明理由")
@AS_OPTION
@DEMO_OPTION
def undo(record: UUID, note: str, username: str, demo: bool) -> None:
    """Undo a withdrawal that was made by mistake. 撤销撤回。"""
    actor = actor_of(username, demo)
    from chengxin.intake import withdrawals

    withdrawals.undo(record, note, actor=actor, now=clock_of()[0])
    click.echo("已恢复 the record stands again")


@record.command("correct")
@RECORD
@click.option("--set", "values", multiple=True, metavar="FIELD=TEXT", help="A field's new text. 字段=新内容")
@click.option("--note", default="", help="Why, in words. 说明理由")
@click.option("--yes", is_flag=True, help="Confirm; without it the changes are only shown. 确认更正")
@AS_OPTION
@DEMO_OPTION
def correct(record: UUID, values: tuple[str, ...], note: str, yes: bool, username: str, demo: bool) -> None:
    """Show what a correction changes, and with --yes make it. 更正一条记录。"""
    actor = actor_of(username, demo)
    from chengxin.intake import corrections

    now, today = clock_of()
    texts = {field: text for field, _sign, text in (value.partition("=") for value in values)}
    proposal = corrections.propose(record, texts, actor=actor, today=today)
    for change in proposal.changes:
        click.echo(f"{change.zh} {change.en}: {change.before or '—'} → {change.after or '—'}")
    for found in proposal.line.findings:
        click.echo(f"  {found['code']} {found.get('field', '')}")
    if yes:
        corrections.correct(record, texts, note, number=proposal.number, actor=actor, now=now, today=today)
        click.echo("已更正 corrected")


@record.command("lineage")
@RECORD
@AS_OPTION
@DEMO_OPTION
def lineage(record: UUID, username: str, demo: bool) -> None:
    """Show where a record came from, version by version, to the cell. 来龙去脉。"""
    actor = actor_of(username, demo)
    from chengxin.intake import lineage as service

    for step in service.of_record(record, actor=actor).steps:
        click.echo(f"{step.number} {step.at.isoformat()} {step.cause} {step.by.username if step.by else '—'}")
        if step.origin:
            submission = step.origin.submission
            click.echo(f"  {submission.filename} sha256:{submission.sha256} 行 row {step.origin.row_no}")
            click.echo("  " + " ".join(f"{cell.code}={cell.address}" for cell in step.origin.cells))
            for each in step.origin.supplied:
                click.echo(f"  {each.code}：{each.how_zh} {each.how_en}")
