"""What every code of a problem means and what to do about it; each has a page that the problem itself points to.

The sentence of the problem speaks of the request at hand; these speak to whoever writes the calling program.
"""

from __future__ import annotations

from chengxin.disclosure.policies import SENTENCES

Meaning = tuple[int, str, str]

_GENERAL: dict[str, Meaning] = {
    "unreadable": (400, "请求正文读不出来。检查 Content-Type、长度和编码。", "The body cannot be taken apart."),
    "malformed_json": (
        400,
        "正文不是含义唯一的 JSON：重复的键、NaN、过长的整数、过深的嵌套都不接受。",
        "The body is not JSON that means one thing only: no key twice, no NaN, no very long integer, no deep nesting.",
    ),
    "scope_not_covered": (
        400,
        "scope 含有客户端未获签发的用途。去掉它，或者由信用中心另行签发。",
        "The scope names a purpose the client was not issued for. Leave it out, or ask the credit centre.",
    ),
    "unauthorised": (
        401,
        "没有令牌，或者令牌有误、到期、作废、与证书不符，或者客户端已停用。访问令牌到期的，重新换取即可。",
        "No token, or one that is wrong, expired, revoked, bound to another certificate, or of a disabled client. Get "
        "another access token when it expired.",
    ),
    "assertion_malformed": (
        401,
        "签名断言不是要求的格式。用 ES256、EdDSA 或 PS256 签名，头中写明 kid，含 iss、sub、aud、iat、exp、jti。",
        "The assertion is not the JWT that is asked for: ES256, EdDSA or PS256, kid in its header, and iss, sub, aud, "
        "iat, exp, jti.",
    ),
    "client_not_recognised": (
        401,
        "客户端编号、kid 或签名不对，或者客户端、公钥已停用。平台不区分是哪一种；请与信用中心核对。",
        "Client, kid or signature are wrong, or client or key have ended. Which of them is not told; check with the "
        "credit centre.",
    ),
    "assertion_time": (
        401,
        "断言已过期、签发时间在将来、期限超过 5 分钟，或者缺少 exp、iat。校准时钟，每次请求现签。",
        "The assertion expired, was issued in the future, lives longer than 5 minutes, or has no exp or iat. Set the "
        "clock and sign one per request.",
    ),
    "assertion_audience": (
        401,
        "aud 须与令牌地址逐字相同，只写一个。测试环境和正式环境的地址不同。",
        "The aud must be the token address letter by letter, and the only one. A sandbox has another address.",
    ),
    "assertion_replayed": (401, "jti 用过了。每次请求换一个。", "The jti was used. Take a new one for every request."),
    "certificate_missing": (
        401,
        "平台要求双向 TLS，而请求没有客户端证书。检查是否绕过了前置代理。",
        "Mutual TLS is asked for and no client certificate came. Check that the request goes through the proxy.",
    ),
    "purpose_not_covered": (
        403,
        "令牌不含这项用途。换取令牌时的 scope 太窄，或者客户端未获签发。",
        "The token does not cover this purpose: its scope is too narrow, or the client was not issued for it.",
    ),
    "no_contract": (403, "没有有效的共享合同。", "There is no sharing contract in force."),
    "deletion_not_due": (
        409,
        "确认的日期还没有过。只能确认今天以前到期的删除。",
        "The day has not passed. Only what had to be deleted before today can be confirmed.",
    ),
    "not_a_source": (403, "本单位不是信源单位。", "The unit files no records."),
    "not_your_agency": (403, "只能为本单位办理。", "A unit acts for itself only."),
    "consent_needed": (
        403,
        "该目录项的自然人记录须有书面同意。按字段要求补充同意文号。",
        "Records about persons under this item need written consent. Send the number of the consent.",
    ),
    "address_not_allowed": (403, "回调地址不在运维方允许之列。", "The operator does not allow this address."),
    "not_found": (
        404,
        "不存在，或者不属于本单位；两种情况的答复相同。",
        "It does not exist or is not your unit's; both are answered alike.",
    ),
    "method_not_allowed": (
        405,
        "地址对，方法不对，见 Allow 头。",
        "Right address, wrong method; see the Allow header.",
    ),
    "idempotency_key_reused": (
        409,
        "同一个幂等键来了不同的请求。新的请求用新的键；重试时正文须与原来一字不差。",
        "The same idempotency key came with another request. Use a new key for a new request; repeat the body exactly "
        "when you retry.",
    ),
    "hit_answered_already": (409, "命中已有另一种反馈。", "The hit was answered otherwise before."),
    "nothing_changes": (409, "更正后与现有内容相同。", "The record says this already."),
    "record_moved": (
        409,
        "记录在您读取之后变了。重新读取差异，带新的版本号再更正。",
        "The record changed after you read it. Read the differences again and send the new version number.",
    ),
    "record_not_open": (409, "记录已撤回、终止或暂停展示。", "The record is withdrawn, ended or hidden."),
    "row_not_waiting": (
        409,
        "这些行都不在等待判定。读取批次看现状；已入库的请撤回记录。",
        "None of the rows waits for a person. Read the submission; withdraw the record of a row that became one.",
    ),
    "nothing_received": (409, "批次没有可出具回执的内容。", "There is nothing to give a receipt for."),
    "not_integrated": (
        409,
        "日志项刚写入，尚未编入已签名的树。几秒后重试。",
        "The entry is not under a signed tree head yet. Try again in some seconds.",
    ),
    "file.too_large": (413, "文件超过上限。拆开发送。", "The file is larger than the limit. Send it in parts."),
    "not_json": (415, "Content-Type 须为 application/json。", "The Content-Type must be application/json."),
    "invalid": (
        422,
        "字段缺少、多余或格式不对，逐处见 errors。请求没有办理。",
        "Fields are missing, undefined or of the wrong form; errors says where. Nothing was done.",
    ),
    "personal_number_in_address": (
        422,
        "网址里有身份证号或手机号。改用 POST。",
        "An identity or telephone number stands in the address. Use POST.",
    ),
    "columns.mapping": (
        422,
        "列名须由本单位经办人对应一次；地址见 mapping.page。",
        "A clerk of the unit has to match the columns once; mapping.page says where.",
    ),
    "columns.prohibited": (422, "表中有禁止归集的列。删除该列。", "A column may not be collected. Remove it."),
    "columns.shifted": (422, "各列错位。核对表头。", "The columns are shifted. Check the headings."),
    "columns": (422, "表头与目录项不符。", "The headings do not fit the item."),
    "no_item_in_force": (422, "目录中没有这一项，或者未生效。", "No such item is in force."),
    "no_such_matter": (422, "没有这一比对事项。", "There is no such matter of screening."),
    "cannot_authorise": (
        422,
        "授权不能这样申请：用途、目录项或者期限不符合要求。按提示改正。",
        "The authorisation cannot be asked for like this: purpose, items or days do not fit. Correct what is named.",
    ),
    "no_file": (
        422,
        "没有与所填证件和名称一致的档案，申请未送出。核对后再试。",
        "No file agrees with this code and name; nothing was sent. Check both.",
    ),
    "correction_not_in_order": (422, "更正内容不合规则。", "The correction does not pass the rules."),
    "ground_missing": (422, "撤回的理由不完整。", "The ground of the withdrawal is not complete."),
    "feedback_refused": (422, "未采取措施的，须写明理由。", "Say why when the measure was not applied."),
    "sandbox_only_synthetic": (
        422,
        "测试环境只收合成数据：证件号码的地区码须为 320199 或 329999。请勿发送真实个人信息。",
        "A sandbox takes synthetic data only: identity numbers of region 320199 or 329999. Send nobody's real data.",
    ),
    "over_quota": (
        429,
        "超过每分钟的次数。等待 Retry-After 所示的秒数；经常遇到的，与信用中心商定合同限次。",
        "More requests than the limit of a minute. Wait as Retry-After says; ask for a limit in the contract when it "
        "happens often.",
    ),
    "internal": (500, "平台故障，没有办理。", "The platform failed; nothing was done."),
    "no_leaf_no_answer": (
        503,
        "查询未能留痕，按规定不答复。稍后重试。",
        "The read could not be written down, so nothing is answered. Try again later.",
    ),
    "not_available": (
        503,
        "数据库或存证日志暂不可用：没有留痕就不答复，也不办理。按 Retry-After 重试。",
        "The database or the ledger cannot be used now: what cannot be written down is neither answered nor done. Try "
        "again as Retry-After says.",
    ),
}
_FILES: dict[str, tuple[str, str]] = {
    "file.empty": ("文件没有数据行。", "The file holds no rows."),
    "file.kind": ("不是可读取的文件类型。", "The file is of no kind that is read."),
    "file.encrypted": ("文件有打开密码。", "The workbook has a password."),
    "file.damaged": ("文件不完整或已损坏。", "The file is cut off or broken."),
    "file.encoding": ("编码须为 UTF-8、UTF-16 或 GB18030。", "The text must be UTF-8, UTF-16 or GB18030."),
    "file.cell_too_long": ("单元格过长，可能引号未闭合。", "A cell is too long; a quotation mark may be open."),
    "file.digits_lost": (
        "长号码被表格软件改成了科学计数，末位已丢失。",
        "A spreadsheet turned long numbers into floating point; digits are lost.",
    ),
    "file.json": ("JSON 行不符合要求。", "The JSON rows are not as they should be."),
    "file": ("文件无法安全、完整地读取。", "The file cannot be read safely and completely."),
}
MEANINGS: dict[str, Meaning] = {
    **_GENERAL,
    **{code: (422, *words) for code, words in _FILES.items()},
    **{code: (403, *words) for code, words in SENTENCES.items()},
}


def page_of(code: str) -> str:
    """Return the address of the page about a code; a code without one leads to the list."""
    return f"/api/problems/{code}/" if code in MEANINGS else "/api/problems/"
