"""Checking a file one was handed: hashed, never kept; read are five short fields of JSON, of a PDF our signature."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from chengxin.cases import documents_pdf, pdf_signing
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
    """What a file turned out to be: unaltered, with the state of its report, or not a file we made.

    ``signed`` tells that it carries our signature and that this stands.
    """

    unaltered: bool
    report: Verified
    signed: bool = False


_UNKNOWN = Checked(False, Verified(Validity.UNKNOWN))


def check(content: bytes, today: date) -> Checked:
    """Tell whether a sheet or a JSON file is, byte for byte, what was handed out; raises TooLarge."""
    if len(content) > LARGEST:
        raise TooLarge
    number = pdf_signing.signed_number(content) if content.startswith(b"%PDF") else None
    report = _of_sheet(content, number) if content.startswith(b"%PDF") else _of_data(content)
    if report is None:
        return _UNKNOWN
    return Checked(True, states.looked_up(report, today), number is not None or not content.startswith(b"%PDF"))


def _of_sheet(content: bytes, number: str | None) -> Report | None:
    """Return the report of a sheet that was handed out, known by its digest or by our signature in it."""
    file = ReportFile.objects.filter(pk=hashlib.sha256(content).hexdigest()).first()
    found = Report.objects.select_related("access", "subject__key")
    return found.filter(pk=file.report_id if file else number).first()


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
