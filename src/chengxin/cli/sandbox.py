"""``chengxin sandbox``: an installation of its own for those who write calling programs, with a synthetic province."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import click

from chengxin.cli import setup

SOURCE_PURPOSES = ("submission", "feed")
KEY_FILE = "integrator.jwk.json"
SIZES = {"people": 400, "organisations": 200, "records": 1500}


@click.command()
@click.option("--port", default=8100, show_default=True, help="Where it will be served. 端口")
@click.option("--seed", default=7, show_default=True)
@click.option("--serve/--no-serve", default=False, help="Serve it afterwards. 准备好后启动")
@click.option("--fresh", is_flag=True, help="Empty an existing sandbox first. 清空重建")
def sandbox(port: int, seed: int, serve: bool, fresh: bool) -> None:
    """Prepare a sandbox with synthetic data and print its credentials. 准备测试环境。"""
    var = (Path(os.environ.get("CHENGXIN_VAR", "var")) / "sandbox").resolve()
    _check_empty(var, fresh)
    (var / "static").mkdir(parents=True, exist_ok=True)
    os.environ.update(CHENGXIN_VAR=str(var), CHENGXIN_SANDBOX="1", CHENGXIN_ORIGIN=f"http://127.0.0.1:{port}")
    for name in ("CHENGXIN_DATABASE", "CHENGXIN_KEYS", "CHENGXIN_DEMO"):
        os.environ.pop(name, None)
    setup.keys()
    setup.django()
    operator, agencies = _settle(var, seed)
    _issue(var, operator, agencies)
    click.echo(f"地址 address: http://127.0.0.1:{port}/api/v1/")
    if serve:
        setup.serve(port)
    else:
        settings = f"CHENGXIN_VAR={var} CHENGXIN_SANDBOX=1 CHENGXIN_ORIGIN=http://127.0.0.1:{port}"
        click.echo(f"启动 serve: {settings} chengxin serve --port {port}")


def _check_empty(var: Path, fresh: bool) -> None:
    """Keep an existing sandbox unless asked otherwise; the folder is never that of an installation with real data."""
    if fresh:
        shutil.rmtree(var, ignore_errors=True)
    elif (var / "chengxin.sqlite3").exists():
        raise click.ClickException("测试环境已存在；重建请加 --fresh。\nThere is one already; --fresh replaces it.")


def _settle(var: Path, seed: int) -> tuple[Any, dict[str, Any]]:
    """Load the law, the synthetic province and its departments' files; return the operator and the agencies."""
    from chengxin.cli.walk import coming_in
    from chengxin.cli.walk.stage import Stage, StepFailed
    from chengxin.ui import clock

    stage = Stage(seed, clock.today(), var / "sample", sizes=SIZES)
    try:
        for step in (coming_in.load_the_law, coming_in.generate_the_province, coming_in.file_everything):
            step(stage)
    except StepFailed as failure:
        raise click.ClickException(str(failure)) from failure
    return stage.cast["users"]["centre"], stage.cast["agencies"]


def _issue(var: Path, operator: Any, agencies: dict[str, Any]) -> None:
    """Issue a client that files and one that asks; the second signs, and its private key goes into a file."""
    from joserfc.jwk import ECKey

    from chengxin.accounts import client_keys, clients
    from chengxin.catalogue import lawbook
    from chengxin.ui import clock

    now = clock.now()
    files = clients.issue(agencies["transport"], SOURCE_PURPOSES, operator, now)
    purposes = [each.code for each in lawbook.purposes(clock.today())]
    asks = clients.issue(agencies["tenders"], purposes, operator, now)
    key = ECKey.generate_key("P-256")
    registered = client_keys.add(asks.client.pk, json.dumps(key.as_dict(private=False)), operator, now, key_only=False)
    place = var / KEY_FILE
    with open(place, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        json.dump({**key.as_dict(private=True), "kid": registered.kid}, file)
    click.echo(f"报送 files: {agencies['transport'].name_zh} · 令牌 token: {files.token}")
    click.echo(f"查询 asks: {agencies['tenders'].name_zh} · 令牌 token: {asks.token}")
    click.echo(f"client_id: {asks.client.line} · kid: {registered.kid} · 私钥 private key: {place}")
