"""The four calls by which a service hall uses the Shandong platform: token, query, check, feedback.

Wire names are the original's. What the law or plain care demands is different, and docs/how-to/embed-screening.md says
so: bodies only, no content for a name, a unit speaks for itself, and a hit has a number under which it is answered.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from uuid import UUID
from xml.etree import ElementTree as Xml

from django.http import HttpRequest

from chengxin.accounts import access_tokens, clients
from chengxin.accounts.clients import COMPAT_SHANDONG, ApiClient
from chengxin.api.callers import certificate_of
from chengxin.api.compat.calls import Answer, CallRefused, Given, NotLetIn, call, caller, needed
from chengxin.catalogue import lawbook
from chengxin.disclosure import publication
from chengxin.disclosure.screening import services
from chengxin.disclosure.screening.services import Asked, GivenHit, Reply, Report, Screening, UnknownHit
from chengxin.rules.identifiers.check import normal_form
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.screening import STATUS_WORDS, Status
from chengxin.ui import clock

KINDS = {"1": "organisation", "2": "person", "3": "individual_business"}
FEEDBACK_KINDS = {"0": "organisation", "1": "person"}
CERTIFICATES = {kind.value: kind for kind in CodeKind if kind.is_personal}
RESTRAINT, PROVINCIAL = "2", "2"
NO_RECORD = "没有该代码的公示信息"


@call
def token(request: HttpRequest, given: Given) -> Answer:
    """Exchange a client's number and secret for a token that lives for minutes."""
    needed(given, "client_id", "client_secret", "grant_type", "resource_provider_id")
    if given["grant_type"] != "client_credentials":
        raise CallRefused("grant_type 须为 client_credentials。", "grant_type must be client_credentials.")
    now = clock.now()
    client = clients.authenticate(given["client_secret"][:200], now)
    if client is None or COMPAT_SHANDONG not in client.purposes or given["client_id"] != str(client.line):
        raise NotLetIn
    granted = access_tokens.grant(client, (), certificate_of(request), now)
    return {"access_token": granted.token, "token_type": "Bearer", "expires_in": granted.seconds}


@call
def query(request: HttpRequest, given: Given) -> Answer:
    """联合奖惩查询: screen one subject; the answer is XML inside JSON, as it was."""
    client = _unit(request, given)
    needed(given, "ztlb", "businessProcessId")
    called = [given.get(name, "").strip() for name in ("matterCode", "powerMaterCode")]
    if not any(called):
        raise CallRefused("须有 matterCode 或 powerMaterCode。", "Either matterCode or powerMaterCode is needed.")
    today = clock.today()
    asked = _asked(given)
    matter = lawbook.matter_called(called, today)
    statute = str(lawbook.purpose(matter.purpose, today).basis[0]) if matter else ""
    actor = clients.actor_for(client, matter.purpose if matter else "")
    code = matter.code if matter else called[0] or called[1]
    screening = Screening(actor, code, given["businessProcessId"], statute, (asked,))
    reply = services.ask(screening, now=clock.now(), today=today)
    status = reply.results[0].status
    return {
        "msg": STATUS_WORDS[status][0],
        "status": status.value,
        "data": _datas(reply, asked),
        "feedbackOverdue": reply.overdue,
        "ledgerEntry": reply.entry,
    }


@call
def check(request: HttpRequest, given: Given) -> Answer:
    """信用核查: the address of the public page of an organisation that has one; a name alone leads nowhere."""
    _unit(request, given)
    needed(given, "creditCode")
    code = normal_form(CodeKind.USCC, given["creditCode"])
    if code is None:
        raise CallRefused("creditCode 不是有效的统一社会信用代码。", "creditCode is not a valid code.")
    if publication.organisation_page(code, clock.today()) is None:
        return {"result": "", "msg": NO_RECORD, "status": "no_record"}
    return {"result": request.build_absolute_uri(f"/organisations/{code}/"), "status": "found"}


@call
def feedback(request: HttpRequest, given: Given) -> Answer:
    """联合奖惩反馈: what was done about the hits of one subject under one list or measure, or about one hit."""
    client = caller(request, given)
    needed(given, "fkbm", "jclb")
    _own(client, given["fkbm"])
    if given["jclb"] != RESTRAINT:
        raise CallRefused("只有惩戒（jclb=2）须反馈。", "Only restraints (jclb=2) are reported back.")
    amount, now = _fen(given.get("sjje", "")), clock.now()
    reason = "；".join(text for text in (given.get("csnr", "").strip(), given.get("jcsm", "").strip()) if text)
    applied = bool(given.get("csnr", "").strip())
    found = _hits(client, given)
    taken = [services.answer(Report(hit, applied, reason, amount), actor=client.user, now=now) for hit in found]
    return {"count": len(taken), "ledgerEntry": taken[-1].entry_id}


def _unit(request: HttpRequest, given: Given) -> ApiClient:
    client = caller(request, given)
    needed(given, "unitId", "factUnitName")
    _own(client, given["unitId"])
    return client


def _own(client: ApiClient, unit: str) -> None:
    """Raise unless a unit speaks for itself: who asks is who holds the token, whatever the call says."""
    if unit != client.agency.uscc:
        raise CallRefused(
            "单位代码须为令牌所属单位的统一社会信用代码。",
            "The unit must be the one that holds the token.",
        )


def _asked(given: Given) -> Asked:
    if given["ztlb"] not in KINDS:
        raise CallRefused("ztlb 须为 1（法人）、2（自然人）或 3（个体工商户）。", "ztlb is 1, 2 or 3.")
    kind = KINDS[given["ztlb"]]
    code_kind = _certificate(given) if kind == "person" else CodeKind.USCC
    return Asked(kind, code_kind, given.get("ztdm", "")[:40], given.get("ztmc", "")[:200])


def _certificate(given: Given) -> CodeKind:
    kind = given.get("zjlx", "") or CodeKind.CITIZEN_ID.value
    if kind not in CERTIFICATES:
        raise CallRefused(f"zjlx 可用：{'、'.join(CERTIFICATES)}。", f"zjlx is one of {', '.join(CERTIFICATES)}.")
    return CERTIFICATES[kind]


def _hits(client: ApiClient, given: Given) -> list[UUID]:
    """Return the hits a feedback is about: the one it numbers, or those that wait for this subject and name."""
    if number := given.get("mzbh", ""):
        return [services.hit_number(number)]
    needed(given, "ztlb", "mdmc")
    if given["ztlb"] not in FEEDBACK_KINDS:
        raise CallRefused("反馈的 ztlb 须为 0（法人）或 1（自然人）。", "ztlb of a feedback is 0 or 1.")
    person = FEEDBACK_KINDS[given["ztlb"]] == "person"
    code = given.get("zjhm" if person else "tyshxydm", "")
    kind = _certificate(given) if person else CodeKind.USCC
    asked = Asked(FEEDBACK_KINDS[given["ztlb"]], kind, code[:40], given.get("ztmc", "")[:200])
    found = services.waiting_about(client.user, asked, given["mdmc"], clock.today())
    if not found:
        raise UnknownHit
    return found


def _fen(yuan: str) -> int | None:
    if not yuan.strip():
        return None
    try:
        fen = Decimal(yuan) * 100
    except InvalidOperation:
        fen = Decimal(-1)
    if not 0 <= fen < 10**15 or fen != int(fen):
        raise CallRefused("sjje 须为不小于 0、至多两位小数的金额（元）。", "sjje is an amount in yuan.")
    return int(fen)


def _datas(reply: Reply, asked: Asked) -> str:
    """Write the answer in the original's elements; only an organisation's own code is given back, and no name."""
    result = reply.results[0]
    datas = Xml.Element("datas")
    about = Xml.SubElement(datas, "jbxx")
    known = asked.subject_kind != "person" and result.status in (Status.HIT, Status.NO_HIT)
    for name in ("frmc", "nsrsbh", "tyshxydm", "gszch"):
        Xml.SubElement(about, name).text = asked.code if known and name == "tyshxydm" else ""
    if result.hits:
        target = Xml.SubElement(datas, "sxcjdx")
        for given in result.hits:
            _data(Xml.SubElement(target, "data"), given)
    return Xml.tostring(datas, encoding="unicode")


def _data(element: Xml.Element, given: GivenHit) -> None:
    """Write one hit. After the original's five come what a hit must say here: number, kind, marks, appeal, due day."""
    hit = given.hit
    marks = [word for word, on in (("异议处理中", hit.disputed), ("信用修复中", hit.under_repair)) if on]
    values = {
        "mdlb": hit.zh, "qssj": hit.since.isoformat(), "yxqz": hit.until.isoformat() if hit.until else "",
        "lryy": hit.basis, "sjly": PROVINCIAL, "mzbh": str(given.number), "mzlx": hit.kind.value,
        "rddw": hit.authority, "bz": "；".join([*marks, hit.statement] if hit.statement else marks),
        "jjtj": hit.remedy_zh, "fkqx": given.due_on.isoformat(),
    }  # fmt: skip
    for name, value in values.items():
        Xml.SubElement(element, name).text = value
