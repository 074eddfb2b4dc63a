"""Steps 7 to 9: a wrong is put right, a restoration takes effect everywhere at once, a period ends by itself."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from chengxin.catalogue import lawbook
from chengxin.cli.sample import cast
from chengxin.cli.walk.looking import browser, page, take_feed
from chengxin.cli.walk.stage import Stage
from chengxin.disclosure import own_file, publication, report
from chengxin.disclosure.services import Enquiry, disclose
from chengxin.registry import selectors as registry
from chengxin.rights import objections, restoration
from chengxin.rights.acts import Act
from chengxin.rights.restoration import Application
from chengxin.rights.selectors import case_page
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.ui import clock

RIGHT_AMOUNT = {"CF_NR_FK": {"fen": 500_000, "original": "0.5", "unit": "万元"}, "CF_NR": "罚款0.50万元"}


def _standing(record: Any) -> Any:
    return registry.present_version(record)


def _act(stage: Stage, case: Any, user: Any) -> Act:
    return Act(case.id, user, stage.now, clock.today())


def _answers(stage: Stage, today: date) -> dict[str, str]:
    """Return every kind of answer about the firm on a day, as text: page, API, report, and an enquiry."""
    firm, owner = stage.cast["firm"], stage.cast["owner"]
    enquiry = Enquiry(
        actor=stage.cast["users"]["tenders"],
        purpose="supervision",
        subject_kind="organisation",
        code_kind=CodeKind.USCC,
        code=cast.FIRM.code,
        name=cast.FIRM.name,
        statute=str(lawbook.purpose("supervision", today).basis[0]),
        matter_no="示招〔2026〕15号",
    )
    return {
        "网页 page": page(browser(), f"/organisations/{cast.FIRM.code}/"),
        "接口 API": _words(browser().get(f"/api/v1/organisations/{cast.FIRM.code}").json()),
        "报告 report": _words(asdict(report.build_own(firm.id, owner, now=stage.now, today=today))),
        "查询 enquiry": _words(asdict(disclose(enquiry, now=stage.now, today=today))),
        "本人档案 own file": _words(asdict(own_file.read(firm.id, owner, now=stage.now, today=today))),
    }


def _words(answer: Any) -> str:
    """Return every word of an answer, those included that its own representation hides."""
    return json.dumps(answer, ensure_ascii=False, default=str)


def _marked(stage: Stage) -> list[str]:
    """Return the kinds of answer that say a record is disputed."""
    marks = ("record-card--disputed", '"disputed": true')
    return [name for name, text in _answers(stage, stage.day).items() if any(mark in text for mark in marks)]


def dispute(stage: Stage) -> None:
    """Step 7: the firm disputes a fine; every answer says so; the authority corrects it."""
    users, record = stage.cast["users"], stage.cast["records"][cast.WRONG].record
    stage.expect(not _marked(stage), "提出之前没有任何标注", "nothing is marked before")
    case = objections.file(
        record, actor=stage.cast["owner"], grounds="wrong", text="决定书罚款为五千元，公示成了五万元。",
        now=stage.now, today=stage.day,
    )  # fmt: skip
    stage.say(f"异议 {case.number} 已提交", f"objection {case.number} filed")
    marked = _marked(stage)
    every = len(marked) == len(_answers(stage, stage.day))
    stage.expect(
        every, f"含该记录的每一种答复都已标注异议：{'、'.join(marked)}", "every answer that contains it says so"
    )
    objections.accept(_act(stage, case, users["centre"]))
    objections.forward(_act(stage, case, users["centre"]))
    objections.answer(
        _act(stage, case, users["transport"]), "经核对决定书，罚款金额应为五千元，报送时单位填错。", False
    )
    objections.propose(_act(stage, case, users["reviewer"]), "corrected", "信源单位确认金额错报。", RIGHT_AMOUNT)
    _expect_two_people(stage, case)
    closed = objections.decide(_act(stage, case, users["decider"]), "同意更正。")
    version = _standing(record)
    stage.expect(
        closed.state == "closed" and not registry.open_marks(record),
        "已决定更正，标注取消",
        "corrected; the mark is off",
    )
    shown = page(browser(), f"/organisations/{cast.FIRM.code}/")
    stage.expect(
        "5000.00 元" in shown.replace(",", "") and version.number > 1,
        "网页已显示更正后的金额，原版本留在历史里",
        "the page shows the right amount; history keeps the old",
    )


def _expect_two_people(stage: Stage, case: Any) -> None:
    try:
        objections.decide(_act(stage, case, stage.cast["users"]["reviewer"]), "自己决定自己")
    except Refusal as refusal:
        stage.expect(True, f"审核人不能决定：{refusal.zh}", "reviewer and decider differ")
    else:
        stage.expect(False, "审核人自己作了决定", "the reviewer decided alone")


def restore(stage: Stage) -> None:
    """Step 8: too early is refused with the date; on its day restoration leaves every answer in the same moment."""
    shown = stage.cast["records"][cast.RIPENING]
    version = _standing(shown.record)
    _expect_too_early(stage, shown.record, version.restorable_from)
    with clock.moved_to(version.restorable_from):
        _restore_on_its_day(stage, shown, version.restorable_from)


def _application(today: date) -> Application:
    return Application(
        restoration.COMMITMENT_VERSION, True, "罚款已于指定银行缴清，附缴款凭证。", today - timedelta(days=20)
    )


def _expect_too_early(stage: Stage, record: Any, earliest: date) -> None:
    try:
        restoration.apply(record, _application(stage.day), actor=stage.cast["owner"], now=stage.now, today=stage.day)
    except Refusal as refusal:
        stage.expect(str(earliest) in refusal.zh, f"未到最早日期不受理：{refusal.zh}", f"too early; from {earliest}")
    else:
        stage.expect(False, "提前受理了修复", "restoration was accepted too early")


def _restore_on_its_day(stage: Stage, shown: Any, today: date) -> None:
    users, document = stage.cast["users"], shown.document_no
    before = {name for name, text in _answers(stage, today).items() if document in text}
    paper = report.build_own(stage.cast["firm"].id, stage.cast["owner"], now=stage.now, today=today)
    case = restoration.apply(shown.record, _application(today), actor=stage.cast["owner"], now=stage.now, today=today)
    stage.say(f"{today}：修复申请 {case.number}，免费", f"application {case.number}, free of charge")
    restoration.accept(_act(stage, case, users["transport"]))
    restoration.verify(_act(stage, case, users["transport"]))
    restoration.propose(_act(stage, case, users["reviewer"]), "approved", "已全部履行，期限已满。")
    restoration.approve(_act(stage, case, users["decider"]), "准予修复。")
    after = {name for name, text in _answers(stage, today).items() if document in text}
    stage.expect(
        len(before) == len(_answers(stage, today)) and not after,
        f"同一时刻离开每一种答复：{'、'.join(sorted(before))}",
        "gone from every answer in the same moment",
    )
    state = report.verify(paper.number, paper.verify_code, today).validity
    stage.expect(
        state == "superseded", "早先出具的报告核验为“已更新”", "a report made before now verifies as superseded"
    )
    take_feed(stage, today)
    stage.expect(
        stage.cast["given"][str(shown.record)] == "withdraw",
        "接收方已收到撤回并回执",
        "the recipient got the withdrawal and confirmed it",
    )
    for effect in _effects(stage, case, today):
        stage.say(f"{effect.get_kind_display()}：{effect.done_at:%H:%M:%S}，存证第 {effect.entry_id} 条", effect.kind)


def _effects(stage: Stage, case: Any, today: date) -> Any:
    found = case_page(case.id, stage.cast["users"]["reviewer"], today)
    stage.expect(
        found and len(found.effects) >= 3, "三个效果各有时间和回执", "three effects, each with time and receipt"
    )
    return found.effects if found else ()


def expire(stage: Stage) -> None:
    """Step 9: past its last day a record is gone everywhere, without any job."""
    shown = stage.cast["records"][cast.ENDING]
    last = _standing(shown.record).use_until
    for day, expected in ((last, True), (last + timedelta(days=1), False)):
        with clock.moved_to(day):
            holding = [name for name, text in _answers(stage, day).items() if shown.document_no in text]
            public = shown.document_no in str(publication.organisation_page(cast.FIRM.code, day))
            stage.expect(
                bool(holding) == expected == public,
                f"{day}：{'仍在' if expected else '所有答复中都已不在'}",
                "still there" if expected else "gone everywhere, no job run",
            )
