"""Budgets: a file has at most 400 lines, a function at most 50; each exception stands in the table with its reason."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES, FUNCTION_LINES = 400, 50
EXCEPTIONS: dict[str, str] = {}


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function in a module."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def breaches(path: Path) -> list[str]:
    """Return what one file overdraws."""
    text = path.read_text()
    place = path.relative_to(ROOT).as_posix()
    found = [f"{place}: {n} lines"] if (n := text.count("\n")) > FILE_LINES else []
    for node in functions(ast.parse(text)):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_LINES:
            found.append(f"{place}:{node.lineno} {node.name}: {length} lines")
    return [line for line in found if line.split(":")[0] not in EXCEPTIONS]


def main() -> int:
    """Print every breach and return 1 when there is one."""
    files = [p for p in (ROOT / "src").rglob("*.py") if "migrations" not in p.parts]
    found = [line for path in sorted(files) for line in breaches(path)]
    print("\n".join(found) or f"{len(files)} files within budget")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
