"""Commands of the return loop: one's own file with comments in its cells, and rows taken back while they wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from chengxin.cli.operations import DEMO_OPTION
from chengxin.cli.records import AS_OPTION, actor_of, clock_of

OUT = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=OUT, help="Workbook to write. 输出的 XLSX")
@click.option("--submission", type=click.UUID, help="The submission this file was filed as. 报送批次")
@click.option("--item", default="", help="Of a file that was not filed: the item it would be for. 未报送的文件：目录项")
@AS_OPTION
@DEMO_OPTION
def annotate(file: Path, out: Path, submission: UUID | None, item: str, username: str, demo: bool) -> None:
    """Write the file back with comments in its cells: what became of it, or what would. 把文件标注后写回。"""
    actor = actor_of(username, demo)
    if bool(submission) == bool(item):
        raise click.ClickException("请给出 --submission 或 --item 之一。\nGive either --submission or --item.")
    from chengxin.intake import own_copy

    with file.open("rb") as stream:
        if submission:
            content = own_copy.of_submission(_own(submission, actor), stream, actor=actor)
        else:
            now, today = clock_of()
            content = own_copy.of_trial(actor.agency, item, file.name, stream, actor=actor, now=now, today=today)
    out.write_bytes(content)
    click.echo(f"{file.name} → {out}")


@click.command()
@click.argument("submission", type=click.UUID)
@click.argument("rows", nargs=-1, required=True, type=click.IntRange(1))
@click.option("--note", required=True, help="Why, in words. 说明理由")
@AS_OPTION
@DEMO_OPTION
def retract(submission: UUID, rows: tuple[int, ...], note: str, username: str, demo: bool) -> None:
    """Take back rows that wait for a person, before they are records. 入库前撤回待判定的行。"""
    actor = actor_of(username, demo)
    from chengxin.intake import retracting

    done = retracting.retract(_own(submission, actor), rows, note, actor=actor, now=clock_of()[0])
    click.echo(f"入库前撤回 {done} 行 taken back")


def _own(identifier: UUID, actor: Any) -> Any:
    """Return a submission of the actor's agency; anybody else's is as good as none."""
    from chengxin.intake import selectors

    found = selectors.submission(identifier)
    if found is None or found.agency_id != actor.agency_id:
        raise click.ClickException("没有这个报送批次。\nThere is no such submission.")
    return found
