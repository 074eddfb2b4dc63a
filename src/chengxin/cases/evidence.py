"""证据材料: files that a party hands in; sealed under the case's key, each with its leaf, their names not kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.cases import services
from chengxin.cases.models import Case, Document
from chengxin.cases.sealing import open_content
from chengxin.cases.selectors import EVIDENCE as KIND
from chengxin.rules.errors import Refusal
from chengxin.rules.file_kinds import ending, media_type

LARGEST = 5 * 1024 * 1024
"""The largest file, in bytes."""
AT_ONCE = 5
"""How many files can be handed in together."""
IN_ALL = 20
"""How many files one case can hold."""


class EvidenceRefused(Refusal):
    """A file is of another kind, empty or too large, or there are too many."""

    code = "evidence_refused"


@dataclass(frozen=True)
class File:
    """A file as it leaves the platform, under a name of the platform's own."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


def check(files: Sequence[bytes]) -> None:
    """Raise unless there are at most five files, each a PDF, JPEG or PNG by its content, of at most 5 MB."""
    if len(files) > AT_ONCE:
        raise EvidenceRefused(
            f"一次最多上传 {AT_ONCE} 个文件；其余的请提交后在办件页面补充。",
            f"At most {AT_ONCE} files at once; hand in the rest on the page of the case.",
        )
    for number, content in enumerate(files, start=1):
        _check_one(number, content)


def _check_one(number: int, content: bytes) -> None:
    if len(content) > LARGEST:
        raise EvidenceRefused(
            f"第 {number} 个文件超过 5 MB；请压缩或者分成几个文件。",
            f"File {number} is larger than 5 MB; make it smaller or split it.",
        )
    if not media_type(content):
        raise EvidenceRefused(
            f"第 {number} 个文件不是 PDF、JPEG 或 PNG（按内容判断，与文件名无关）；请转换后重新上传。",
            f"File {number} is not a PDF, JPEG or PNG by its content, whatever its name; convert it and try again.",
        )


def add(case: Case, files: Sequence[bytes], *, actor: User, now: datetime) -> list[Document]:
    """Keep files with a case that the caller has opened or locked in this transaction; all of them or none."""
    check(files)
    kept = Document.objects.filter(case=case, kind=KIND).count()
    if kept + len(files) > IN_ALL:
        raise EvidenceRefused(
            f"一个办件最多保存 {IN_ALL} 个证据文件，现已有 {kept} 个。",
            f"A case holds at most {IN_ALL} files of evidence; it has {kept} now.",
        )
    titles = [_("证据材料 %(number)d") % {"number": kept + place} for place in range(1, len(files) + 1)]
    return [
        services.file_document(case, KIND, title, content, actor=actor, now=now)
        for title, content in zip(titles, files, strict=True)
    ]


def opened(document: Document) -> File:
    """Return a file of evidence; raises when its bytes are not those its digest was taken of."""
    content = open_content(document)
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise EvidenceRefused(
            "文件内容与其摘要不符，不能下载；请报告安全负责人。",
            "The file does not match its digest; tell the person in charge of security.",
        )
    kind = media_type(content)
    return File(f"{document.number}.{ending(kind)}", kind, content)
