"""The areas of the desk and the permission each asks for."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission

Area = tuple[Promise, str, Promise, tuple[Permission, ...]]

AREAS: tuple[Area, ...] = (
    (
        _("信息归集"),
        "/console/intake/",
        _("报送文件，看清每一行的结果，改正后再报。"),
        (Permission.SUBMIT_RECORDS, Permission.MATCH_SUBJECT),
    ),
    (
        _("归集质量"),
        "/console/quality/",
        _("每月入库、准确、及时、完整各多少，常见问题怎样改，哪天到期。"),
        (Permission.SEE_QUALITY,),
    ),
    (
        _("依据查询"),
        "/console/enquiry/",
        _("凭授权或法定依据查询，每一次都留痕。"),
        (Permission.ENQUIRE, Permission.ASK_AUTHORISATION),
    ),
    (
        _("信用报告"),
        "/console/reports/",
        _("凭授权或者法定依据出具签名的报告，一份或者一批。"),
        (Permission.ENQUIRE,),
    ),
    (
        _("查询批准"),
        "/console/enquiry/approvals/",
        _("敏感用途和受保护主体，由另一人看过理由再批准。"),
        (Permission.ENQUIRE, Permission.DECIDE_CASE),
    ),
    (
        _("名单比对"),
        "/console/screening/",
        _("按准确号码核对名单和措施，命中须反馈。"),
        (Permission.ENQUIRE,),
    ),
    (
        _("办件"),
        "/console/cases/",
        _("异议、修复、重整和删除，按到期日排成一队。"),
        (Permission.REVIEW_CASE, Permission.DECIDE_CASE, Permission.ANSWER_OBJECTION, Permission.MATCH_SUBJECT),
    ),
    (
        _("办件负荷"),
        "/console/cases/load/",
        _("多少件在办、等待谁、哪些逾期、为什么。"),
        (Permission.SUPERVISE_CASES,),
    ),
    (
        _("删除与代理"),
        "/console/erasure/",
        _("个人请求删除的，依法删除、封存或者答复；核对代理证明。"),
        (Permission.REVIEW_CASE, Permission.DECIDE_CASE),
    ),
    (
        _("窗口协办"),
        "/console/counter/",
        _("当事人在场时，替他提出异议或者申请修复，打印回执。"),
        (Permission.ASSIST_AT_COUNTER,),
    ),
    (
        _("主动修复"),
        "/console/outreach/",
        _("谁已可以修复、多少人已修复；确认义务已履行。"),
        (Permission.SUBMIT_RECORDS, Permission.REVIEW_CASE, Permission.DECIDE_CASE),
    ),
    (
        _("办理效力"),
        "/console/effects/",
        _("一个决定的各项效力和各单位的回执，逾期的在前。"),
        (Permission.REVIEW_CASE, Permission.DECIDE_CASE, Permission.MATCH_SUBJECT),
    ),
    (
        _("查询审计"),
        "/console/monitoring/",
        _("谁查了什么、为哪件事；需要说明的查询由两个人判断。"),
        (Permission.JUDGE_MISUSE,),
    ),
    (
        _("请说明的查询"),
        "/console/monitoring/asked/",
        _("审计员请本单位说明的查询，写明为哪件事、为什么需要。"),
        (Permission.EXPLAIN_ACCESS,),
    ),
    (
        _("目录变更"),
        "/console/catalogue/",
        _("新增目录项、改列名、停用；先看影响，再由第三人批准。"),
        (Permission.MANAGE_CATALOGUE, Permission.CHECK_CATALOGUE, Permission.APPROVE_CATALOGUE),
    ),
    (
        _("目录征求意见"),
        "/console/catalogue/comments/",
        _("目录要变更的，看清会改变什么，以本单位名义提出意见；答复也在这里。"),
        (Permission.SUBMIT_RECORDS,),
    ),
    (
        _("共享接收方"),
        "/console/recipients/",
        _("按合同取得公示信息的单位：用途、保存期限、地址和密钥。"),
        (Permission.MANAGE_RECIPIENTS,),
    ),
    (
        _("接口客户端"),
        "/console/clients/",
        _("哪些系统可以凭令牌或者公钥代表哪个单位办事。"),
        (Permission.MANAGE_CLIENTS,),
    ),
)


def areas_for(user: Any) -> list[dict[str, Any]]:
    """Return the areas in which the user holds at least one permission."""
    return [
        {"title": title, "href": href, "text": text}
        for title, href, text, permissions in AREAS
        if any(can_may(user, permission) for permission in permissions)
    ]
