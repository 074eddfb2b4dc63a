"""A report as files: the signed sheet with its QR code, and the JSON that the offline verifier reads.

The sheet is Chinese, the language of the act. The same report gives the same bytes, however often it is set.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from chengxin.cases import documents_pdf, pdf_signing
from chengxin.cases.documents_pdf import Evidence
from chengxin.cases.typesetting import typeset
from chengxin.disclosure.models import ReportFile, ReportPaper
from chengxin.disclosure.reports.shapes import NOT_FILED_ZH, CreditReport, Form
from chengxin.engines import qr
from chengxin.rules.lawfiles import Ground

SHEET = Path(__file__).with_name("report.typ")
Rows = list[tuple[str, str]]


def pdf(made: CreditReport, *, now: datetime) -> bytes:
    """Return a report just made as a signed sheet; ``now`` only numbers its leaf."""
    return sheet(made.number, made.digest, made.body(), now=now)


def data(made: CreditReport, *, now: datetime) -> dict[str, object]:
    """Return a report just made as the file that the offline verifier reads."""
    return evidence_file(made.number, made.digest, made.body(), now=now)


def evidence_file(number: str, digest: str, body: bytes, *, now: datetime) -> dict[str, object]:
    """Return number, content, digest, signature, leaf and key; the content is the text the digest is of."""
    return documents_pdf.as_file(_evidence(number, digest, now), body.decode())


def sheet(number: str, digest: str, body: bytes, *, now: datetime) -> bytes:
    """Set and sign a report, and remember the digest of the file, so that an altered one can be told from it."""
    content = json.loads(body)
    with override("zh-hans"):
        paper = _paper(content, _evidence(number, digest, now))
    made = pdf_signing.signed(typeset(SHEET, paper), number, datetime.fromisoformat(content["made_at"]))
    digest_of_file = hashlib.sha256(made).hexdigest()
    ReportFile.objects.get_or_create(pk=digest_of_file, defaults={"report_id": number, "at": now})
    return made


def _evidence(number: str, digest: str, now: datetime) -> Evidence:
    entry = ReportPaper.objects.values_list("entry_id", flat=True).get(pk=number)
    return documents_pdf.evidence_of(number, digest, entry, now=now)


def _paper(body: dict[str, Any], proof: Evidence) -> dict[str, Any]:
    return {
        "title": title(body),
        "authority": _("公共信用信息平台"),
        "number": body["number"],
        "code": body["verify_code"],
        "qr": qr.svg(body["verify_at"]),
        "about": _about(body),
        "statements": [[each["name_zh"], each["zh"], each["count"] or each["unsorted"]] for each in body["statements"]],
        "statements_title": _("按领域的查询结论"),
        "sections": [_section(each) for each in body["sections"]],
        "usage": _usage(body["usage"]) if body["usage"] else None,
        "notes_title": _("说明"),
        "notes": _notes(body),
        "proof": _proof(proof, body["verify_at"]),
    }


def title(body: dict[str, Any]) -> str:
    """Return the title; a certificate that lists something is not called one of a clean record."""
    if body["form"] == Form.FULL:
        return _("公共信用信息报告")
    clean = not any(each["count"] or each["unsorted"] for each in body["statements"])
    return _("无违法违规证明") if clean else _("违法违规信息查询证明")


def _about(body: dict[str, Any]) -> Rows:
    rows = [
        (_("主体"), body["subject_name"]),
        (_("证件号码") if body["kind"] == "person" else _("统一社会信用代码"), body["subject_code"]),
        (_("用途"), body["purpose_zh"]),
        (_("依据"), basis(body)),
        (_("申请单位"), body["requested_for"]),
        (_("办理事项编号"), body["matter_no"]),
        (_("查询期"), period(body)),
        (_("数据截至"), body["as_of"]),
        (_("出具时间"), moment(body["made_at"])),
    ]
    return [(term, text) for term, text in rows if text]


def basis(body: dict[str, Any]) -> str:
    """Say on which basis a report was made."""
    if body["basis_kind"] == Ground.OWN:
        return _("本人（本单位）申请，免费")
    if body["basis_kind"] == Ground.AUTHORISATION:
        return _("主体授权 %(number)s") % {"number": str(body["basis_ref"])[:8].upper()}
    return str(body["basis_ref"])


def period(body: dict[str, Any]) -> str:
    """Say which days a report is about."""
    if body["form"] == Form.CLEARANCE:
        return _("%(since)s 至 %(until)s（按决定日期）") % {"since": body["since"], "until": body["until"]}
    if body["since"]:
        return _("%(since)s 至 %(until)s（按决定日期；登记、许可等现状照列）") % {
            "since": body["since"],
            "until": body["until"],
        }
    return _("截至 %(until)s 仍可使用的全部记录") % {"until": body["until"]}


def moment(text: str) -> str:
    """Return a moment of the body in local time, to the minute."""
    return timezone.localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M")


def _section(section: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": section["zh"],
        "said": section["said_zh"],
        "rows": [_row(each) for each in section["rows"]],
        "notes": [each["zh"] for each in section["notes"]],
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    marks = [text for on, text in ((row["disputed"], _("异议处理中")), (row["under_repair"], _("信用修复中"))) if on]
    labels = [(field["zh"], field["value"] or NOT_FILED_ZH) for field in row["fields"]]
    facts = [
        (_("共享使用到"), row["use_until"] or _("长期有效")),
        (_("当事人声明"), row["statement"]),
        (_("归集依据"), row["basis"]),
    ]
    return {"title": row["item_zh"], "marks": marks, "facts": labels + [each for each in facts if each[1]]}


def _usage(usage: dict[str, Any]) -> dict[str, Any]:
    said = _("除本人查看 %(own)d 次以外，其他人查询 %(others)d 次，以下列出最近 %(listed)d 次。")
    facts = {"own": usage["own"], "others": usage["others"], "listed": len(usage["rows"])}
    withheld = [
        _("另有 %(count)d 次查询依%(basis)s暂不显示。") % {"count": count, "basis": basis}
        for basis, count in usage["withheld"]
    ]
    return {
        "title": _("查询和使用情况"),
        "said": [said % facts, *withheld],
        "heads": [_("时间"), _("单位"), _("用途和依据"), _("结果")],
        "rows": [_look(each) for each in usage["rows"]],
    }


def _look(row: dict[str, Any]) -> list[str]:
    outcomes = {"answered": _("已答复，%(count)d 条") % {"count": row["records"]}, "refused": _("已拒绝")}
    basis = row["basis"] if row["basis_kind"] != Ground.AUTHORISATION else _("本人授权")
    why = "；".join(part for part in (row["purpose_zh"], basis) if part)
    outcome = outcomes.get(row["outcome"], _("无一致档案"))
    return [moment(row["at"]), row["agency_zh"] or _("未注明单位"), why, outcome]


def _notes(body: dict[str, Any]) -> list[str]:
    own = body["basis_kind"] == Ground.OWN
    notes: Iterable[tuple[bool, str]] = (
        (True, _("本报告只反映数据截至日平台依法归集、仍可使用的记录；已修复、已到期、已撤回的记录依法不列入。")),
        (own, _("正在核查归属的记录，查清之前不列入。")),
        (not own, _("本报告只含所列用途和依据允许查看的信息项，不是主体的全部记录，不能据此认定没有其他记录。")),
        (True, _("标“异议处理中”“信用修复中”的记录尚在办理，使用时应当一并考虑。")),
        (True, _("使用前请扫描二维码或者在网站“核验信用报告”页核验：记录有变化的，本报告即显示为“已过时”。")),
        (True, _("对记录有异议的，主体可在“我的档案”免费提出；符合条件的，可免费申请信用修复。")),
    )
    return [text for holds, text in notes if holds]


def _proof(proof: Evidence, verify_at: str) -> Rows:
    leaf = str(proof.index) if proof.index is not None else _("无")
    return [
        (_("核验网址"), verify_at),
        (_("内容 SHA-256"), proof.sha256),
        (_("存证序号"), leaf),
        (_("平台签名（Ed25519）"), proof.signature),
        (
            _("文件电子签名"),
            _("本 PDF 内有平台的电子签名，覆盖整个文件，可用 PDF 阅读器或者 chengxin_document.py 核验"),
        ),
    ]
