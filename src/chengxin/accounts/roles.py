"""Who may do what: roles, permissions, and the one table between them."""

from __future__ import annotations

from enum import StrEnum

from chengxin.rules.workflow_words import ROLES


class Role(StrEnum):
    """The parts people play; a person may hold several, each within a region."""

    AUDITOR = "auditor"
    CENTRE_OPERATOR = "centre_operator"
    CITIZEN = "citizen"
    DECIDER = "decider"
    ENQUIRER = "enquirer"
    ORGANISATION_REPRESENTATIVE = "organisation_representative"
    REVIEWER = "reviewer"
    SOURCE_CLERK = "source_clerk"


ROLE_NAMES: dict[Role, tuple[str, str]] = {role: ROLES[role.value] for role in Role}


class Permission(StrEnum):
    """Every permission there is, in alphabetical order; a test keeps the order and the completeness of the table."""

    ANSWER_OBJECTION = "answer_objection"
    APPROVE_CATALOGUE = "approve_catalogue"
    ASK_AUTHORISATION = "ask_authorisation"
    ASSIST_AT_COUNTER = "assist_at_counter"
    CHECK_CATALOGUE = "check_catalogue"
    CORRECT_RECORDS = "correct_records"
    DECIDE_CASE = "decide_case"
    ENQUIRE = "enquire"
    EXPLAIN_ACCESS = "explain_access"
    EXPORT_LEDGER = "export_ledger"
    FILE_OBJECTION = "file_objection"
    FILE_RESTORATION = "file_restoration"
    GRANT_AUTHORISATION = "grant_authorisation"
    IMPOSE_MEASURE = "impose_measure"
    JUDGE_MISUSE = "judge_misuse"
    MANAGE_CATALOGUE = "manage_catalogue"
    MANAGE_CLIENTS = "manage_clients"
    MANAGE_RECIPIENTS = "manage_recipients"
    MATCH_SUBJECT = "match_subject"
    READ_ACCESS_LOG = "read_access_log"
    READ_OWN_FILE = "read_own_file"
    REQUEST_ERASURE = "request_erasure"
    REVIEW_CASE = "review_case"
    SEE_QUALITY = "see_quality"
    SUBMIT_RECORDS = "submit_records"
    SUPERVISE_CASES = "supervise_cases"
    WITHDRAW_RECORDS = "withdraw_records"


PERMISSION_NAMES: dict[Permission, tuple[str, str]] = {
    Permission.ANSWER_OBJECTION: ("答复异议核实", "Answer an objection"),
    Permission.APPROVE_CATALOGUE: ("批准目录变更", "Approve a change of the catalogue"),
    Permission.ASK_AUTHORISATION: ("申请查询授权", "Ask for an authorisation"),
    Permission.ASSIST_AT_COUNTER: ("窗口协助办理", "Help people file at a counter"),
    Permission.CHECK_CATALOGUE: ("目录变更合法性审核", "Check a change of the catalogue for its lawfulness"),
    Permission.CORRECT_RECORDS: ("更正已报送信息", "Correct submitted records"),
    Permission.DECIDE_CASE: ("作出决定", "Decide a case"),
    Permission.ENQUIRE: ("依据或授权查询", "Enquire under a basis"),
    Permission.EXPLAIN_ACCESS: ("说明查询情况", "Explain a read"),
    Permission.EXPORT_LEDGER: ("导出存证日志", "Export the ledger"),
    Permission.FILE_OBJECTION: ("提出异议", "File an objection"),
    Permission.FILE_RESTORATION: ("申请信用修复", "Apply for restoration"),
    Permission.GRANT_AUTHORISATION: ("授予或撤回授权", "Grant or withdraw an authorisation"),
    Permission.IMPOSE_MEASURE: ("采取惩戒措施", "Impose a measure"),
    Permission.JUDGE_MISUSE: ("判断违规查询", "Judge a suspicious read"),
    Permission.MANAGE_CATALOGUE: ("管理目录", "Manage the catalogue"),
    Permission.MANAGE_CLIENTS: ("管理接口客户端和交换对端", "Manage API clients and exchange peers"),
    Permission.MANAGE_RECIPIENTS: ("管理共享接收方", "Manage recipients of the feed"),
    Permission.MATCH_SUBJECT: ("主体匹配判定", "Judge a subject match"),
    Permission.READ_ACCESS_LOG: ("查看查询日志", "Read the access log"),
    Permission.READ_OWN_FILE: ("查看本人档案", "Read one's own file"),
    Permission.REQUEST_ERASURE: ("请求删除个人信息", "Ask for erasure"),
    Permission.REVIEW_CASE: ("审核办件", "Review a case"),
    Permission.SEE_QUALITY: ("查看归集质量", "See intake quality"),
    Permission.SUBMIT_RECORDS: ("报送信息", "Submit records"),
    Permission.SUPERVISE_CASES: ("查看办件负荷和逾期", "See case load and delays"),
    Permission.WITHDRAW_RECORDS: ("撤回已报送信息", "Withdraw submitted records"),
}

P = Permission
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AUDITOR: frozenset({P.EXPORT_LEDGER, P.JUDGE_MISUSE, P.READ_ACCESS_LOG, P.SEE_QUALITY, P.SUPERVISE_CASES}),
    Role.CENTRE_OPERATOR: frozenset(
        {
            P.ASSIST_AT_COUNTER,
            P.MANAGE_CATALOGUE,
            P.MANAGE_CLIENTS,
            P.MANAGE_RECIPIENTS,
            P.MATCH_SUBJECT,
            P.SEE_QUALITY,
            P.SUPERVISE_CASES,
        }
    ),
    Role.CITIZEN: frozenset(
        {P.FILE_OBJECTION, P.FILE_RESTORATION, P.GRANT_AUTHORISATION, P.READ_OWN_FILE, P.REQUEST_ERASURE}
    ),
    Role.DECIDER: frozenset({P.APPROVE_CATALOGUE, P.DECIDE_CASE, P.SUPERVISE_CASES}),
    Role.ENQUIRER: frozenset({P.ASK_AUTHORISATION, P.ENQUIRE, P.EXPLAIN_ACCESS}),
    Role.ORGANISATION_REPRESENTATIVE: frozenset(
        {P.FILE_OBJECTION, P.FILE_RESTORATION, P.GRANT_AUTHORISATION, P.READ_OWN_FILE, P.REQUEST_ERASURE}
    ),
    Role.REVIEWER: frozenset({P.CHECK_CATALOGUE, P.REVIEW_CASE}),
    Role.SOURCE_CLERK: frozenset(
        {
            P.ANSWER_OBJECTION,
            P.CORRECT_RECORDS,
            P.IMPOSE_MEASURE,
            P.SEE_QUALITY,
            P.SUBMIT_RECORDS,
            P.WITHDRAW_RECORDS,
        }
    ),
}
del P
