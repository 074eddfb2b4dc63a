"""回执: a signed statement of what was received and what became of it, which anyone can check without asking us."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import TypedDict

from django.utils import timezone

from chengxin.cases.documents_pdf import signed_text
from chengxin.intake.models import Submission
from chengxin.intake.selectors import summary
from chengxin.ledger import services as ledger
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault


class NothingReceived(Refusal):
    """A file that was not taken has no receipt."""

    code = "nothing_received"


class Receipt(TypedDict):
    """What the offline verifier of documents reads: text, its SHA-256, a signature in base64, and the key."""

    v: int
    number: str
    text: str
    sha256: str
    signature: str
    vkey: str


def receipt(submission: Submission, *, now: datetime) -> Receipt:
    """Return the signed receipt of a submission as it stands ``now``; raises NothingReceived for a refused file."""
    if submission.state == Submission.State.REFUSED:
        raise NothingReceived(
            "这个文件没有被接收，没有回执。请按退回原因改正后重报。",
            "This file was not taken, so there is no receipt. Mend it as the reason says and send it again.",
        )
    number, text = f"HZ-{submission.id.hex[:16].upper()}", _text(submission, now)
    digest = hashlib.sha256(text.encode()).hexdigest()
    signature = base64.b64encode(vault.sign(signed_text(number, digest))).decode()
    return Receipt(v=1, number=number, text=text, sha256=digest, signature=signature, vkey=ledger.vkey())


def _text(submission: Submission, now: datetime) -> str:
    figures = summary(submission)
    lines = (
        "报送回执 · Receipt",
        f"批次 submission: {submission.id}",
        f"报送单位 agency: {submission.agency.name_zh} {submission.agency.uscc}",
        f"目录项 item: {submission.item.item.code}",
        f"文件 SHA-256 of the file: {submission.sha256}",
        f"收到时间 received at: {_moment(submission.submitted_at)}",
        f"收到 received {figures.received}，入库 admitted {figures.admitted}，退回 returned {figures.returned}，"
        f"待判定 waiting {figures.waiting}，已有 duplicate {figures.duplicate}，待入库 valid {figures.valid}，"
        f"已更正 corrected {figures.corrected}，已撤回 withdrawn {figures.withdrawn}，已重报 mended {figures.mended}，"
        f"入库前撤回 retracted {figures.retracted}",
        f"以上为 as of {_moment(now)} 的状态",
    )
    return "\n".join(lines) + "\n"


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")
