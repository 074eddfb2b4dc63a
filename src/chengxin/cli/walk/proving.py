"""Step 10: a separate small program verifies the ledger; then one row is tampered with and the program says which."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from chengxin.cli.walk.looking import VERIFIER
from chengxin.cli.walk.stage import Stage
from chengxin.ledger import services as ledger

TAMPERED = 4321


def prove(stage: Stage) -> None:
    """Export the log, verify it, change one byte of one leaf, and verify again."""
    ledger.sequence(now=stage.now)
    exported = Path(settings.VAR) / "ledger-export"
    shutil.rmtree(exported, ignore_errors=True)
    head = ledger.export(exported)
    stage.say(f"存证 {head.size} 条，树根 {bytes(head.root).hex()[:16]}…", f"{head.size} leaves, one signed checkpoint")
    sound = _verify(exported)
    stage.expect(
        sound.returncode == 0, f"独立校验：{_last(sound)}", "verified by a program that trusts nothing of ours"
    )
    where = _tamper(exported)
    caught = _verify(exported)
    named = _naming(caught, where)
    stage.expect(
        caught.returncode == 1 and named,
        f"改动第 {where} 条后：{named}",
        f"leaf {where} was changed, and is named",
    )


def _verify(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(VERIFIER), str(folder), "--key", ledger.vkey()]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _last(done: subprocess.CompletedProcess[str]) -> str:
    return next(iter(done.stdout.strip().splitlines()), done.stderr.strip())


def _naming(done: subprocess.CompletedProcess[str], index: int) -> str:
    lines = (done.stdout + done.stderr).splitlines()
    return next((line.strip() for line in lines if str(index) in line), "")


def _tamper(folder: Path) -> int:
    """Change one letter inside one leaf of the exported bundle, as somebody with the disk could; return its index."""
    bundle = sorted((folder / "tile" / "entries").rglob("*"))
    path = [each for each in bundle if each.is_file()][TAMPERED // 256]
    content = bytearray(path.read_bytes())
    offset = _start(content, TAMPERED % 256)
    at = content.index(b'"commitment":"', offset) + len(b'"commitment":"')
    content[at] = ord("0") if content[at] != ord("0") else ord("1")
    path.write_bytes(bytes(content))
    return TAMPERED


def _start(bundle: bytearray, position: int) -> int:
    """Return where an entry starts; each is preceded by its length in two bytes (C2SP tlog-tiles)."""
    offset = 0
    for _ in range(position):
        offset += 2 + int.from_bytes(bundle[offset : offset + 2], "big")
    return offset + 2
