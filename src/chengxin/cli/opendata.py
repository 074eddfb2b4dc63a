"""Commands of the open data: making an edition now, and checking one that was downloaded."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chengxin.cli import setup
from chengxin.cli.operations import DEMO_OPTION

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def opendata() -> None:
    """The open data: signed files of what is published about organisations. 开放数据。"""


@opendata.command("make")
@DEMO_OPTION
def make(demo: bool) -> None:
    """Make an edition now; `chengxin work` does it once a day by itself. 立即生成一期。"""
    setup.demonstration(setup.DEMO_DAY, fresh=False) if demo else setup.django()
    from chengxin.disclosure import open_data
    from chengxin.ui import clock

    beat = (lambda rows: click.echo(f"{rows} …", err=True)) if sys.stderr.isatty() else None
    edition = open_data.make(now=clock.now(), today=clock.today(), beat=beat)
    click.echo(f"第 {edition.number} 期 edition: {edition.rows} 条 records")
    click.echo(edition.sums, nl=False)


@opendata.command("renew")
@DEMO_OPTION
def renew(demo: bool) -> None:
    """Do what is due: mend today's edition, or make it whole; stopped, it goes on from there. 按需更新。"""
    setup.demonstration(setup.DEMO_DAY, fresh=False) if demo else setup.django()
    from chengxin.disclosure import open_data
    from chengxin.ui import clock

    today = clock.today()
    made = open_data.renew(now=clock.now(), today=today, beat=lambda rows: _beat(rows, today))
    click.echo(f"开放数据 open data: {made} 期 editions")


def _beat(rows: int, today: date) -> None:
    """Say how far the making has come; what ends meanwhile is taken out of the edition that is offered."""
    from chengxin.disclosure import open_data
    from chengxin.ui import clock

    if clock.today() != today:
        raise click.ClickException("已到第二天，请重新开始。\nAnother day has begun; please start again.")
    click.echo(f"开放数据 open data: {rows} 条 records …", err=True)
    if rows > open_data.SMALL:
        open_data.mend(now=clock.now(), today=today)


@opendata.command("verify")
@click.argument("folder", type=FOLDER)
@click.option("--key", required=True, help="The platform's key, as the page of the open data shows it. 平台公钥")
def verify(folder: Path, key: str) -> None:
    """Check the files in a folder: manifest.json, manifest.sig and those it lists. No network, no database. 核对。

    The exit code is 1 when something does not hold, or none of the listed files is there.
    """
    faults = list(_faults(folder, key))
    for zh, en in faults:
        click.echo(f"{zh}\n  {en}", err=True)
    if faults:
        raise SystemExit(1)
    whole = json.loads((folder / "manifest.json").read_text())
    click.echo(
        f"全部核对无误 everything holds: 第 {whole['number']} 期 edition, {whole['day']}, {whole['rows']} 条 records"
    )


def _faults(folder: Path, key: str) -> Iterator[tuple[str, str]]:
    """Yield what does not hold, in both languages; files nobody downloaded are passed over."""
    try:
        manifest = (folder / "manifest.json").read_bytes()
        signature = bytes.fromhex((folder / "manifest.sig").read_text().strip())
        _public_key(key).verify(signature, manifest)
        files = json.loads(manifest)["files"]
    except (OSError, ValueError, KeyError):
        yield (
            "缺少 manifest.json、manifest.sig，或者它们和公钥无法读取。",
            "A manifest, its signature or the key is unread.",
        )
        return
    except InvalidSignature:
        yield "清单的签名不符。请勿使用这些文件。", "The signature of the list does not hold. Do not use these files."
        return
    there = [each for each in files if (folder / each["name"]).is_file()]
    if not there:
        yield "文件夹里没有清单上的文件。", "None of the listed files is in the folder."
    for each in there:
        yield from _file_faults(folder / each["name"], each)


def _file_faults(path: Path, told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    with path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != told["sha256"]:
            yield f"{path.name}：内容与清单不符。", f"{path.name}: the content is not what the list says."
            return
    if told["kind"] != "table":
        with gzip.open(path, "rb") as lines:
            if sum(1 for _ in lines) != told["rows"]:
                yield f"{path.name}：行数与清单不符。", f"{path.name}: the number of lines is not what the list says."


def _public_key(text: str) -> Ed25519PublicKey:
    """Return the key of a line ``name+id+base64``, whose id must fit; raises ValueError."""
    name, identifier, encoded = text.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    if len(raw) != 33 or raw[0] != 1 or sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != identifier:
        raise ValueError("key")
    return Ed25519PublicKey.from_public_bytes(raw[1:])
