"""Plain words for the codes that pages show."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from chengxin.catalogue import lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.portal.frame import said
from chengxin.rules.errors import Refusal
from chengxin.rules.lawfiles import AnswerKind

GROUPS = {
    "penalties": _("行政处罚"),
    "lists": _("名单与异常名录"),
    "licences": _("行政许可"),
    "honours": _("守信激励"),
    "commitments": _("信用承诺"),
    "others": _("其他信息"),
}
NATURES = {"positive": _("守信"), "negative": _("失信"), "neutral": _("中性")}
PUBLICITIES = {"public": _("社会公开"), "shared": _("政务共享"), "authorised": _("授权查询")}
GRADES = {"minor": _("轻微"), "general": _("一般"), "serious": _("严重")}
SUBJECT_KINDS = {
    "organisation": _("法人及非法人组织"),
    "individual_business": _("个体工商户"),
    "person": _("自然人"),
}
CLASSES = {
    1: _("登记注册基本信息"),
    2: _("司法裁判及执行信息"),
    3: _("行政管理信息"),
    4: _("职称和职业信息"),
    5: _("经营（活动）异常名录（状态）信息"),
    6: _("严重失信主体名单信息"),
    7: _("合同履行信息"),
    8: _("信用承诺及履行情况信息"),
    9: _("信用评价结果信息"),
    10: _("遵守法律法规情况信息"),
    11: _("诚实守信相关荣誉信息"),
    12: _("知识产权信息"),
    13: _("经营主体自主提供信息"),
}
BASIS_KINDS = {
    "own": _("本人查看"),
    "statute": _("法定职责"),
    "authorisation": _("您的授权"),
    "source": _("报送单位的核对、更正和撤回职责"),
    "kind": _("核定处罚种类的职责"),
    "": _("没有依据"),
}
OUTCOMES = {"answered": _("已答复"), "no_file": _("没有一致的档案"), "refused": _("已拒绝，未看到任何内容")}
ROLES = {
    "citizen": _("本人"),
    "organisation_representative": _("单位代表"),
    "enquirer": _("查询员"),
    "source_clerk": _("信源单位填报员"),
    "reviewer": _("审核人"),
    "decider": _("决定人"),
    "centre_operator": _("信用中心经办"),
    "auditor": _("审计员"),
    "system": _("系统"),
}
CASE_KINDS = {
    "objection": _("异议"),
    "restoration": _("信用修复"),
    "bankruptcy": _("破产重整信用修复"),
    "erasure": _("删除与封存"),
}
CAUSES = {
    "admitted": _("归集入库"),
    "corrected": _("更正"),
    "restored": _("信用修复"),
    "withdrawn": _("信源撤回"),
    "deleted": _("异议删除"),
    "stopped": _("停止披露"),
    "delisted": _("移出名单"),
    "link_suspended": _("身份存疑，关联中止"),
    "link_confirmed": _("关联确认"),
    "reinstated": _("恢复"),
    "erased": _("应请求删除"),
    "display_suspended": _("异议逾期未办结，暂停展示"),
    "shielded": _("破产重整，暂停展示"),
    "resumed": _("恢复展示"),
}
WITHDRAWAL_REASONS = {
    "revoked": _("决定被撤销"),
    "changed": _("决定被变更"),
    "illegal": _("决定被确认违法"),
    "void": _("决定被确认无效"),
    "mistake": _("报送有误"),
}
DEADLINES = {
    "objection.centre_workdays": _("受理异议"),
    "objection.provider_workdays": _("信源单位核查答复"),
    "objection.total_workdays": _("异议处理完毕"),
    "erasure.reply_workdays": _("书面答复"),
    "repair.accept_workdays": _("决定是否受理"),
    "repair.reply_workdays": _("作出修复决定"),
    "repair.extension_workdays": _("延长一次后的决定"),
}
EFFECTS = {
    "publish": _("停止公示"),
    "share_use": _("停止共享和使用"),
    "measures": _("解除惩戒措施"),
    "recipients": _("告知已接收方"),
}


def item_name(code: str, on: date) -> str:
    """Return the name of a catalogue item; an item no longer in force is shown by its code."""
    try:
        version = catalogue.version_in_force(code, on)
    except Refusal:
        return code
    return said(version.name_zh, version.name_en)


def field_names(item_codes: tuple[str, ...], field_codes: tuple[str, ...], on: date) -> list[str]:
    """Return the headings of fields, looked up in the layouts of the items they came from."""
    known: dict[str, str] = {}
    for code in item_codes:
        try:
            layout = lawbook.layout(catalogue.version_in_force(code, on).layout)
        except Refusal:
            continue
        known |= {field.code: said(field.zh, field.en) for field in layout.fields}
    return [known.get(code, code) for code in field_codes]


ANSWERS = {
    AnswerKind.YES_NO: _("只得到“有”或者“没有”，看不到任何记录"),
    AnswerKind.COUNT: _("只得到有几条，看不到任何记录"),
    AnswerKind.HITS: _("看不到记录内容；有记录的，能看到它属于哪个目录项、作出机关、文书号、日期和标注"),
    AnswerKind.RECORDS: _("看到相关记录，按下列规则显示或遮盖"),
    AnswerKind.FILE: _("看到整份档案，按下列规则显示或遮盖"),
}


def answer_words(purpose: str) -> str:
    """Say how much a purpose of enquiry is answered with."""
    found = next((each for each in lawbook.purposes() if each.code == purpose), None)
    return str(ANSWERS[found.answer]) if found else ""


def purpose_name(code: str) -> str:
    """Return the name of a purpose of enquiry."""
    found = next((each for each in lawbook.purposes() if each.code == code), None)
    return said(found.zh, found.en) if found else code
