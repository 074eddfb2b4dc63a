"""Writing the province to disk: the departments' files, the base registers, and the truth."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import xlsxwriter

from chengxin.cli.sample.agencies import OFFICES
from chengxin.cli.sample.province import File, Province


def write(province: Province, folder: Path) -> dict[str, Any]:
    """Write everything under a folder and return the manifest that was written beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for made in province.files:
        _write_file(made, folder / made.plan.filename)
    _write_table(folder / "population.csv", [asdict(human) for human in province.people])
    _write_table(folder / "organisations.csv", [_firm(firm) for firm in province.firms])
    truth = {made.plan.filename: made.truth for made in province.files}
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")
    manifest = _manifest(province)
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return manifest


def _firm(firm: Any) -> dict[str, str]:
    return {"code": firm.code, "name": firm.name, "former": firm.former or "", "kind": firm.kind}


def _manifest(province: Province) -> dict[str, Any]:
    return {
        "seed": province.seed,
        "today": province.today.isoformat(),
        "people": len(province.people),
        "organisations": len(province.firms),
        "agencies": [{**asdict(office), "code": office.code} for office in OFFICES],
        "files": [{**asdict(made.plan), "rows": len(made.rows)} for made in province.files],
    }


def _write_file(made: File, path: Path) -> None:
    if path.suffix == ".xlsx":
        _write_workbook(path, made.rows)
    else:
        _write_table(path, made.rows, made.plan.encoding)


def _write_table(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _write_workbook(path: Path, rows: list[dict[str, str]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("数据")
        sheet.write_row(0, 0, list(rows[0]))
        for index, row in enumerate(rows, start=1):
            for column, text in enumerate(row.values()):
                sheet.write_string(index, column, text)
