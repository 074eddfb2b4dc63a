"""Checking a file one was handed: hashed, never opened, never kept; of JSON nothing is read but five short fields."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from chengxin.cases import documents_pdf
from chengxin.disclosure.models import Report, ReportFile
from chengxin.disclosure.reports import states
from chengxin.disclosure.reports.shapes import Validity, Verified
from chengxin.rules.errors import Refusal

LARGEST = 10 * 1024 * 1024
"""Bytes; a report of a thousand records has not a tenth of it."""


class TooLarge(Refusal):
    """The file is larger than any report."""

    code = "report_file_too_large"

    def __init__(self) -> None:
        super().__init__(
            "文件超过 10 MB，不是本平台出具的报告文件。请上传原文件。",
            "The file is larger than 10 MB and no report of this platform. Upload the original.",
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file turned out to be: unaltered, with the state of its report, or not a file we made."""

    unaltered: bool
    report: Verified


_UNKNOWN = Checked(False, Verified(Validity.UNKNOWN))


def check(content: bytes, today: date) -> Checked:
    """Tell whether a sheet or a JSON file is, byte for byte, what was handed out; raises TooLarge."""
    if len(content) > LARGEST:
        raise TooLarge
    report = _of_sheet(content) if content.startswith(b"%PDF") else _of_data(content)
    return Checked(True, states.looked_up(report, today)) if report else _UNKNOWN


def _of_sheet(content: bytes) -> Report | None:
    known = ReportFile.objects.filter(pk=hashlib.sha256(content).hexdigest())
    file = known.select_related("report__access", "report__subject__key").first()
    return file.report if file else None


def _of_data(content: bytes) -> Report | None:
    given = _fields(content)
    text, sha256, number = (str(given.get(name, "")) for name in ("text", "sha256", "number"))
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != sha256:
        return None
    if not documents_pdf.signature_holds(number, sha256, str(given.get("signature", ""))):
        return None
    return Report.objects.select_related("access", "subject__key").filter(pk=number, digest=sha256).first()


def _fields(content: bytes) -> dict[str, Any]:
    """Return the JSON object in a file, or nothing: whatever is not one, however made, is no report."""
    try:
        given = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}
