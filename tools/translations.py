"""Collect every translatable sentence, keep locale/en complete, and compile it. The sentences are Chinese."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, mofile, pofile
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "chengxin"
FOLDER = ROOT / "locale" / "en" / "LC_MESSAGES"
KEYWORDS = {
    **dict.fromkeys(("_", "lazy", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}
CALL = re.compile(r"\b(?:n|p|np)?gettext\(|(?<!\w)_\(")
QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def sources() -> Iterator[str]:
    """Yield every Python file, and every template as the calls to gettext that it makes."""
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.read_text(encoding="utf-8")
    for path in sorted(SOURCE.rglob("*.html")):
        yield "\n".join(calls(templatize(path.read_text(encoding="utf-8"), origin=str(path))))


def calls(templatized: str) -> Iterator[str]:
    """Yield each gettext call of a templatized template; what stands between them is not Python."""
    for found in CALL.finditer(templatized):
        depth, end = 1, found.end()
        while depth:
            quoted = QUOTED.match(templatized, end)
            end = quoted.end() if quoted else end + 1
            depth += 0 if quoted else {"(": 1, ")": -1}.get(templatized[end - 1], 0)
        yield templatized[found.start() : end]


def collected() -> Catalog:
    """Return every sentence of the code, without places: those would change the file at every edit."""
    catalog = Catalog(locale="en", project="Chengxin", charset="utf-8", fuzzy=False)
    for text in sources():
        for _line, message, comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def known() -> Catalog:
    """Return the translations that stand in the file."""
    path = FOLDER / "django.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return pofile.read_po(file, locale="en")


def merged() -> Catalog:
    """Return every sentence of the code with the translation it has, and nothing that the code no longer says."""
    catalog, old = collected(), known()
    for message in catalog:
        before = old.get(message.id, message.context) if message.id else None
        if before is not None and message.id:
            message.string = before.string
    return catalog


def faults(catalog: Catalog) -> list[str]:
    """Return sentences without an English version, and translations whose placeholders differ."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        source = message.id if isinstance(message.id, str) else message.id[0]
        if not all(strings):
            found.append(f"not translated: {source}")
        elif any(sorted(PLACEHOLDER.findall(s)) != sorted(PLACEHOLDER.findall(source)) for s in strings):
            found.append(f"other placeholders: {source}")
    return found


def rendered(catalog: Catalog) -> tuple[bytes, bytes]:
    """Return the text and the compiled file of a catalogue, the same bytes for the same sentences."""
    text, binary = io.BytesIO(), io.BytesIO()
    pofile.write_po(text, catalog, sort_output=True, omit_header=False, width=120, no_location=True)
    lines = [line for line in text.getvalue().split(b"\n") if b"Date: " not in line and b"Generated-By" not in line]
    stable = b"\n".join(lines)
    compiled = pofile.read_po(io.BytesIO(stable), locale="en")
    # A file that carried the time of compiling would never be the same twice.
    compiled.creation_date = compiled.revision_date = EPOCH
    mofile.write_mo(binary, compiled)
    return stable, binary.getvalue()


def main() -> int:
    """Write the files, or with ``--check`` fail when they are stale or incomplete."""
    settings.configure(USE_I18N=True)
    catalog = merged()
    text, binary = rendered(catalog)
    problems = faults(catalog)
    if "--check" in sys.argv:
        problems += [] if (FOLDER / "django.po").read_bytes() == text else ["locale/en is stale: run make messages"]
        problems += [] if (FOLDER / "django.mo").read_bytes() == binary else ["django.mo is stale: run make messages"]
    else:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "django.po").write_bytes(text)
        (FOLDER / "django.mo").write_bytes(binary)
    print("\n".join(problems) or f"{len(catalog)} sentences, all translated")
    return 1 if problems and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
