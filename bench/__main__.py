"""``python -m bench NAME ...`` runs one hot path's bench, ``all`` runs every one; each prints ours, peer and limit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HELPERS = {"harness"}


def names() -> list[str]:
    """Return every bench: a module of this folder with a ``main`` of its own."""
    modules = (path for path in HERE.glob("*.py") if path.stem not in HELPERS and not path.stem.startswith("_"))
    return sorted(path.stem for path in modules if 'if __name__ == "__main__"' in path.read_text(encoding="utf-8"))


def main() -> int:
    """Run what was asked for, each in a process of its own, and return 1 when one failed."""
    wanted = sys.argv[1:] or ["all"]
    chosen = names() if wanted == ["all"] else wanted
    unknown = set(chosen) - set(names())
    if unknown:
        print(f"no such bench: {', '.join(sorted(unknown))}; there are: {', '.join(names())}")
        return 2
    return max(subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode for name in chosen)


if __name__ == "__main__":
    sys.exit(main())
