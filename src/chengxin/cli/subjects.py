"""Commands for organisations and persons that are known under two codes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from chengxin.cli import setup
from chengxin.cli.operations import DEMO_OPTION
from chengxin.rules.identifiers.verdict import CodeKind

_CERTIFICATES = {kind.value: kind for kind in CodeKind if kind.is_personal}
_USER = click.option("--as", "username", required=True, help="The user who acts. 经办人用户名")
_PROOF = click.option("--proof", required=True, help="The registrar's document. 登记机关的文书和文号")
_REASON = click.option("--reason", required=True, help="Why. 理由")


@click.group()
def subjects() -> None:
    """Merge two files of one organisation or person, or split them. 主体合并与拆分。"""


def _who(username: str, demo: bool) -> Any:
    setup.demonstration(setup.DEMO_DAY, fresh=False) if demo else setup.django()
    from chengxin.accounts import selectors as accounts

    actor = accounts.user_by_name(username)
    if actor is None:
        raise click.ClickException("没有这个用户。\nThere is no such user.")
    return actor


def _change_or_code(text: str) -> UUID | str:
    try:
        return UUID(text)
    except ValueError:
        return text


def _when() -> dict[str, Any]:
    from chengxin.ui import clock

    return {"now": clock.now(), "today": clock.today()}


@subjects.command()
@click.argument("source")
@click.argument("target")
@_PROOF
@_REASON
@_USER
@DEMO_OPTION
def merge(source: str, target: str, proof: str, reason: str, username: str, demo: bool) -> None:
    """Propose that the file of SOURCE becomes part of that of TARGET (two codes). 提出合并。"""
    actor = _who(username, demo)
    from chengxin.intake import merging

    made = merging.propose_merge(source, target, proof, reason, actor=actor, **_when())
    click.echo(f"{made.pk} 待另一人决定 waits for another person")


@subjects.command("merge-persons")
@click.option("--source-kind", type=click.Choice(list(_CERTIFICATES)), required=True, help="并入一方的证件类型")
@click.option("--target-kind", type=click.Choice(list(_CERTIFICATES)), required=True, help="保留一方的证件类型")
@_PROOF
@_REASON
@_USER
@DEMO_OPTION
def merge_persons(source_kind: str, target_kind: str, proof: str, reason: str, username: str, demo: bool) -> None:
    """Propose that one file of a person becomes part of another. 提出合并自然人档案。

    Both certificate numbers are asked for and not shown, so that no history of commands keeps them.
    """
    actor = _who(username, demo)
    from chengxin.intake import merging

    source = click.prompt("并入一方的证件号码 source number", hide_input=True)
    target = click.prompt("保留一方的证件号码 target number", hide_input=True)
    kinds: dict[str, Any] = {
        "source_kind": _CERTIFICATES[source_kind],
        "target_kind": _CERTIFICATES[target_kind],
    }
    made = merging.propose_merge(source, target, proof, reason, actor=actor, **kinds, **_when())
    click.echo(f"{made.pk} 待另一人决定 waits for another person")


@subjects.command()
@click.argument("source")
@click.option("--record", "records", multiple=True, type=click.UUID, help="A record that goes back. 归回的记录")
@_PROOF
@_REASON
@_USER
@DEMO_OPTION
def split(source: str, records: tuple[UUID, ...], proof: str, reason: str, username: str, demo: bool) -> None:
    """Propose that SOURCE stands for itself again; without --record what the merge brought goes back. 提出拆分。

    SOURCE is a unified social credit code, or the number of the merge as it was printed, which a person's file needs.
    """
    actor = _who(username, demo)
    from chengxin.intake import merging

    merged = _change_or_code(source)
    chosen = list(records) or list(merging.merged_into(merged)[1])
    made = merging.propose_split(merged, chosen, proof, reason, actor=actor, **_when())
    click.echo(f"{made.pk} 待另一人决定 waits for another person")


@subjects.command()
@click.argument("change_id", type=click.UUID)
@click.option("--approve/--refuse", required=True, default=None, help="批准或否决")
@_USER
@DEMO_OPTION
def decide(change_id: UUID, approve: bool, username: str, demo: bool) -> None:
    """Decide on somebody else's proposal. 决定他人的提议。"""
    actor = _who(username, demo)
    from chengxin.intake import merging

    merging.decide(change_id, approve=approve, actor=actor, **_when())
    click.echo("已批准并办理 carried out" if approve else "已否决 refused")


@subjects.command("list")
@DEMO_OPTION
def list_all(demo: bool) -> None:
    """List the proposals. 列出提议。"""
    setup.demonstration(setup.DEMO_DAY, fresh=False) if demo else setup.django()
    from chengxin.intake import merging

    for each in merging.changes():
        state = {None: "待批准 waiting", True: "已批准 approved", False: "已否决 refused"}[each.approved]
        click.echo(f"{each.pk} {each.kind} {merging.label(each.source)} {merging.label(each.target)} {state}")
