"""Bringing an installation up: keys, database, law, and the server."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

DEMO_DAY = "2026-11-20"
"""The day a demonstration plays on: its files, deadlines and periods are the same whenever it is run."""

THREADS = 16
"""Requests in hand at once; enquiries among them are committed together (docs/explanation/the-gate.md)."""


def _home() -> Path:
    """Return the folder that holds ``var`` unless CHENGXIN_VAR names another one."""
    return Path(os.environ.get("CHENGXIN_VAR", "var"))


def keys() -> None:
    """Create the installation's keys where there are none; existing ones are never overwritten."""
    from chengxin.vault.exchange_keys import create_exchange_keys
    from chengxin.vault.keyfiles import create_keys

    folder = Path(os.environ.get("CHENGXIN_KEYS", _home() / "keys"))
    create_keys(folder)
    create_exchange_keys(folder)


def django() -> None:
    """Start Django, with the catalogue in force where there is one already."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.config.settings")
    import django as framework

    framework.setup()
    from chengxin.catalogue import freshness

    freshness.refresh_if_there()


def migrate() -> None:
    """Bring the database up to date, without chatter."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def load_law() -> str:
    """Load the catalogue from ``law/`` and say what is there now."""
    from chengxin.catalogue.services import load_law as load
    from chengxin.ui import clock

    loaded = load(clock.now())
    return (
        f"目录 {loaded.items} 项、{loaded.versions} 个版本，新增 {loaded.added}"
        f" · {loaded.items} items, {loaded.versions} versions, {loaded.added} new"
    )


def demonstration(today: str, *, fresh: bool) -> None:
    """Point everything at a demonstration's own folder; a fresh one starts from nothing."""
    var = _home() / "demo"
    if fresh:
        shutil.rmtree(var, ignore_errors=True)
    elif not (var / "chengxin.sqlite3").exists() and "CHENGXIN_DATABASE" not in os.environ:
        raise click.ClickException(
            "还没有演示数据，请先运行 make demo。\nThere is no demonstration yet: run make demo first."
        )
    (var / "static").mkdir(parents=True, exist_ok=True)
    os.environ.update(CHENGXIN_VAR=str(var.resolve()), CHENGXIN_DEMO="1", CHENGXIN_DEMO_DAY=today)
    os.environ.pop("CHENGXIN_KEYS", None)
    keys()
    django()


def lay_out() -> None:
    """Count, list and index what is there, as the worker does in its first round, so that no page begins empty."""
    from chengxin.disclosure import open_data, public_figures
    from chengxin.registry import name_search
    from chengxin.ui import clock

    name_search.keep()
    public_figures.make(now=clock.now(), today=clock.today())
    open_data.renew(now=clock.now(), today=clock.today())


def serve(port: int) -> None:
    """Serve the site with granian in place of this process, on the loopback address only."""
    click.echo(f"http://127.0.0.1:{port}  (Ctrl-C 停止 to stop)")
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--blocking-threads", str(THREADS)]
    sys.stdout.flush()
    os.execv(sys.executable, [*command, "--no-ws", "--log-level", "warning", "chengxin.config.serving:application"])
