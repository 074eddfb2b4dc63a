"""Steps 4 to 6: what the public sees, what an enquirer sees, and what the person sees."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.test import Client

from chengxin.cli.sample import cast
from chengxin.cli.walk.coming_in import mandates
from chengxin.cli.walk.stage import Stage
from chengxin.disclosure import authorisations, feed, own_file, publication
from chengxin.disclosure.services import Enquiry, Refused, disclose
from chengxin.ledger import services as ledger
from chengxin.rules.identifiers.verdict import CodeKind

PENALTY = "JS-CF-01"
VERIFIER = Path(__file__).resolve().parents[4] / "verifier" / "chengxin_verify.py"


def browser(user: Any = None) -> Client:
    """Return a client of the real site, signed in as a user when one is given."""
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    if user is not None:
        client.force_login(user)
    return client


def page(client: Client, path: str) -> str:
    """Return a page of the site as text."""
    return client.get(path).content.decode()


def on_the_portal(stage: Stage) -> None:
    """Step 4: a firm's penalty is public with basis and end date; a person's is not."""
    mandates(stage)
    found = publication.organisation_page(cast.FIRM.code, stage.day)
    penalties = {record.document_no: record for record in found.groups["penalties"]} if found else {}
    stage.cast["records"] = {
        number: _by_serial(penalties, number) for number in (cast.WRONG, cast.RIPENING, cast.ENDING)
    }
    for record in penalties.values():
        stage.say(f"{record.document_no}：{record.basis}，公示至 {record.until}", f"public until {record.until}")
    shown = page(browser(), f"/organisations/{cast.FIRM.code}/")
    wrong = stage.cast["records"][cast.WRONG]
    stage.expect(
        wrong.document_no in shown and str(wrong.until) in shown,
        "企业的处罚在公众网站上，写明依据和截止日",
        "the firm's penalty is public, with basis and end",
    )
    named = page(browser(), f"/search/?q={cast.CITIZEN.name}")
    stage.expect(
        "9101" not in named and not publication.search(cast.CITIZEN.number),
        "自然人的处罚不在公众网站上",
        "the person's penalty is nowhere on the portal",
    )
    _contract(stage)


def _by_serial(penalties: dict[str, Any], serial: str) -> Any:
    return next(record for number, record in penalties.items() if number.endswith(f"{serial}号"))


def _contract(stage: Stage) -> None:
    """Give one recipient a sharing contract and let it take everything there is, so that step 8 has whom to tell."""
    office = stage.cast["agencies"]["tenders"]
    recipient = feed.contract(
        office, "procurement", "示共享〔2026〕1号", since=stage.day, until=stage.day + timedelta(days=365)
    )
    stage.cast.update(recipient=recipient, cursor=0, given={})
    taken = take_feed(stage, stage.day)
    stage.expect(taken, f"共享接收方已领取 {taken} 条增量并回执", f"a recipient took {taken} deltas and confirmed them")


def take_feed(stage: Stage, today: Any) -> int:
    """Let the recipient take and confirm everything new; return how many deltas it took."""
    ledger.sequence(now=stage.now)
    feed.collect(stage.now, today)
    count = 0
    while True:
        batch = feed.pull(stage.cast["recipient"], stage.cast["cursor"], now=stage.now, today=today)
        if not batch.count:
            return count
        for delta in json.loads(batch.body)["deltas"]:
            stage.cast["given"][delta["record"]] = delta["kind"]
        feed.acknowledge_through(stage.cast["recipient"], batch.next_cursor, now=stage.now)
        stage.cast["cursor"] = batch.next_cursor
        count += batch.count


def _enquiry(stage: Stage, **ground: Any) -> Enquiry:
    return Enquiry(
        actor=stage.cast["users"]["enquirer"],
        purpose=ground.pop("purpose", "bank_credit"),
        subject_kind="person",
        code_kind=CodeKind.CITIZEN_ID,
        code=cast.CITIZEN.number,
        name=cast.CITIZEN.name,
        **ground,
    )


def under_a_basis(stage: Stage) -> None:
    """Step 5: without a basis refused and committed; with the person's authorisation answered, cut and masked."""
    try:
        disclose(_enquiry(stage), now=stage.now, today=stage.day)
        refusal = None
    except Refused as refused:
        refusal = refused
    stage.expect(refusal, f"没有依据的查询被拒绝：{refusal and refusal.zh}", "no basis, no answer")
    stage.expect(refusal and refusal.entry, "拒绝本身也已写入存证", "the refusal itself is committed to the ledger")
    authorisation = _authorised(stage)
    answer = disclose(_enquiry(stage, authorisation_id=authorisation.id), now=stage.now, today=stage.day)
    stage.cast["answer"] = answer
    stage.say(
        f"用途“{answer.purpose_zh}”，主体 {answer.subject.name} {answer.subject.code}，{len(answer.rows)} 条",
        answer.purpose_en,
    )
    text = repr(answer) + "".join(field.value for row in answer.rows for field in row.fields)
    stage.expect(answer.rows, "有本人授权的查询得到答复", "with the person's authorisation it is answered")
    stage.expect(
        cast.CITIZEN.number not in text + answer.subject.code,
        "证件号码已遮盖，只含该用途可见的条目",
        "cut to the purpose and masked",
    )


def _authorised(stage: Stage) -> Any:
    """Ask as the unit, grant as the person."""
    wanted = authorisations.Ask(
        "bank_credit", CodeKind.CITIZEN_ID, cast.CITIZEN.number, cast.CITIZEN.name, item_codes=(PENALTY,), days=7
    )
    asked = authorisations.ask(wanted, stage.cast["users"]["enquirer"], now=stage.now, today=stage.day)
    return authorisations.grant(asked.id, stage.cast["citizen"], now=stage.now, today=stage.day)


def my_file(stage: Stage) -> None:
    """Step 6: the person sees the record, why, until when, who looked, and a proof that verifies."""
    person, citizen = stage.cast["person"], stage.cast["citizen"]
    file = own_file.read(person.id, citizen, now=stage.now, today=stage.day)
    held = file.held[0]
    stage.say(f"{held.row.item_zh}，{held.why}", held.row.item_en)
    stage.expect(
        held.use_until and held.derivation,
        f"使用至 {held.use_until}，推导 {len(held.derivation)} 步",
        "why it is there and when it ends, step by step",
    )
    looked = own_file.who_looked(person.id, citizen, now=stage.now).looks
    for look in looked[:3]:
        stage.say(f"{look.at:%Y-%m-%d %H:%M} {look.agency_zh}：{look.purpose_zh}，{look.outcome}", look.purpose_en)
    stage.expect(
        any(look.outcome == "refused" for look in looked), "被拒绝的查询本人也看得到", "refused reads are shown too"
    )
    shown = page(browser(citizen), "/mine/")
    stage.expect(held.row.document_no in shown, "“我的档案”页面显示该记录", "the page “my file” shows it")
    receipt = own_file.proof(stage.cast["answer"].access, citizen, now=stage.now)
    stage.expect(
        _verifies(stage, receipt), "查询回执由独立小程序校验通过", "the receipt is verified by a separate program"
    )


def _verifies(stage: Stage, receipt: dict[str, Any]) -> bool:
    path = stage.folder / "receipt.json"
    path.write_text(json.dumps(receipt, ensure_ascii=False, default=str), encoding="utf-8")
    command = [sys.executable, str(VERIFIER), "receipt", str(path), "--key", ledger.vkey()]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
