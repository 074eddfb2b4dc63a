"""Setting a sheet as PDF: the same data gives the same bytes on every machine, with the Chinese font we install."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

FONT_PACKAGE = "noto_cjk_sans_otc"


def typeset(sheet: Path, paper: dict[str, Any]) -> bytes:
    """Return a Typst sheet set with the data of one paper."""
    return compiled(sheet, json.dumps(paper, ensure_ascii=False))


@lru_cache(maxsize=32)
def compiled(sheet: Path, paper: str) -> bytes:
    """Set a sheet; the cache only spares work, the bytes depend on nothing but the data."""
    made = typst.compile(
        sheet.read_bytes(), font_paths=_fonts(), sys_inputs={"paper": paper}, format="pdf", timestamp=0
    )
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Return the installed fonts, read once; those of the machine are left out, or bytes would differ by machine."""
    found = find_spec(FONT_PACKAGE)
    assert found is not None and found.submodule_search_locations
    return typst.Fonts(include_system_fonts=False, font_paths=[found.submodule_search_locations[0]])
