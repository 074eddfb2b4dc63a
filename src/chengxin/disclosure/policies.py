"""When an enquiry is refused, each refusal with its code and its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chengxin.accounts.models import Agency, User
from chengxin.accounts.roles import PERMISSIONS, Permission, Role
from chengxin.catalogue import lawbook
from chengxin.disclosure.models import Authorisation
from chengxin.disclosure.shapes import Enquiry, Refused
from chengxin.registry import forwarding
from chengxin.registry.hot import Found
from chengxin.rules import masks
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import Outcome
from chengxin.rules.lawfiles import Ground, Purpose

LONGEST_MATTER = 80

SENTENCES: dict[str, tuple[str, str]] = {
    "not_permitted": (
        "您或您的单位没有依据查询的权限。请联系本单位管理员开通。",
        "You or your unit may not enquire. Ask your unit's administrator.",
    ),
    "no_such_purpose": (
        "没有这一查询用途，或者它今天未生效。请从用途清单中选择。",
        "There is no such purpose of enquiry, or it is not in force today. Choose one from the list.",
    ),
    "purpose_not_for_role": (
        "您的岗位或单位职能不能使用这一用途。请选择与职责相符的用途。",
        "This purpose is not for your role or your unit's functions. Choose one that fits your duty.",
    ),
    "purpose_not_for_subject": (
        "这一用途不适用于该类主体。请核对主体类别或更换用途。",
        "This purpose does not reach this kind of subject. Check the kind or choose another purpose.",
    ),
    "no_basis": (
        "没有依据，不予查询。法定用途请选择所依据的条款；其他用途请先取得主体的授权。",
        "No basis, no answer. Choose the article you act under, or obtain the subject's authorisation first.",
    ),
    "statute_not_for_purpose": (
        "所选条款不是这一用途的依据。请从该用途列出的条款中选择。",
        "The article is not a basis of this purpose. Choose one listed with the purpose.",
    ),
    "no_matter": (
        "依法查询须填写办理事项的编号。请填写后重新提交。",
        "An enquiry under a statute needs the number of the matter. Enter it and submit again.",
    ),
    "matter_not_for_purpose": (
        "没有写明这一用途允许的事项类别，或者事项不属于这一用途。请从该用途列出的事项中选择。",
        "The kind of matter is missing, or is none this purpose may be used for. Choose one listed with the purpose.",
    ),
    "matter_not_plain": (
        "办理事项编号过长，或含有身份证号、手机号。请填写本单位的事项编号。",
        "The matter number is too long, or holds an identity or telephone number. Enter your unit's own matter number.",
    ),
    "authorisation_not_valid": (
        "没有覆盖本次查询的有效授权：可能未获同意、已撤回、已到期、已使用，或与主体、单位、用途不符。请重新申请授权。",
        "No live authorisation covers this enquiry: not granted, withdrawn, ended, used, or for another subject, unit "
        "or purpose. Ask the subject again.",
    ),
    "code_not_usable": (
        "证件号码与所申报的类型不符。请核对类型和号码。",
        "The number does not fit its declared kind. Check both.",
    ),
    "own_file": (
        "不得以职务身份查询本人或本人代表的单位。请从“我的档案”免费查看。",
        "Nobody reads their own file, or that of a unit they represent, from the desk. Use “My file”, free of charge.",
    ),
    "own_unit": (
        "不得以职务身份查询本单位。请由单位代表从“我的档案”免费查看。",
        "Nobody reads their own unit's file from the desk. Its representative can see it under “My file”.",
    ),
}


def refused(code: str) -> Refused:
    """Return the refusal of this code."""
    zh, en = SENTENCES[code]
    return Refused(zh, en, code)


def check_may_ask(actor: User, roles: Iterable[Role]) -> None:
    """Refuse an actor without the permission to enquire, or whose unit does not query records."""
    agency = actor.agency
    if not actor.is_active or agency is None or not agency.queries_records:
        raise refused("not_permitted")
    if not any(Permission.ENQUIRE in PERMISSIONS[role] for role in roles):
        raise refused("not_permitted")


def purpose_for(code: str, roles: frozenset[Role], agency: Agency, today: date) -> Purpose:
    """Return the purpose, if it is in force today and this role in this unit may use it."""
    try:
        purpose = lawbook.purpose(code, today)
    except lawbook.NoSuchPurpose:
        raise refused("no_such_purpose") from None
    functions = purpose.functions
    if not roles & set(purpose.roles) or (functions and not any(getattr(agency, name, False) for name in functions)):
        raise refused("purpose_not_for_role")
    return purpose


def known_purpose(code: str, today: date) -> Purpose | None:
    """Return the purpose in force under this code, or None."""
    return next((each for each in lawbook.purposes(today) if each.code == code), None)


def check_subject_kind(purpose: Purpose, kind: str) -> None:
    """Refuse a purpose that does not reach this kind of subject."""
    if kind not in purpose.subject_kinds:
        raise refused("purpose_not_for_subject")


def check_statute(purpose: Purpose, enquiry: Enquiry) -> str:
    """Return the article an enquiry stands on; refuse a missing or foreign one, a missing matter, and a wrong kind."""
    if not enquiry.statute:
        raise refused("no_basis")
    if enquiry.statute not in {str(basis) for basis in purpose.basis}:
        raise refused("statute_not_for_purpose")
    if not enquiry.matter_no.strip():
        raise refused("no_matter")
    if purpose.matters and enquiry.matter not in purpose.matters:
        raise refused("matter_not_for_purpose")
    return enquiry.statute


def basis_said(purpose: Purpose, enquiry: Enquiry, today: date) -> str:
    """Return the article an enquiry stands on, with the matter it is used for where the purpose names its matters."""
    known = {each.code: each.zh for each in lawbook.matters(today)} if purpose.matters else {}
    return f"{enquiry.statute}（{known[enquiry.matter]}）" if enquiry.matter in known else enquiry.statute


def matter_is_plain(matter_no: str) -> bool:
    """Tell whether a matter number is short and holds no identity or telephone number (charter C27)."""
    return len(matter_no) <= LONGEST_MATTER and masks.free_text(matter_no) == matter_no


def check_matter(matter_no: str) -> None:
    """Refuse a matter number that is really something else, such as a person's number."""
    if not matter_is_plain(matter_no):
        raise refused("matter_not_plain")


def check_code(enquiry: Enquiry) -> str:
    """Return the normalised code; refuse one that is wrong for its declared kind."""
    verdict = check(enquiry.code_kind, enquiry.code)
    if verdict.outcome is Outcome.WRONG or enquiry.code_kind.is_personal != (enquiry.subject_kind == "person"):
        raise refused("code_not_usable")
    return verdict.normalised


def is_live(authorisation: Authorisation, today: date) -> bool:
    """Tell whether an authorisation was granted, runs today, was not withdrawn or used up, and says what was agreed."""
    since, until = authorisation.since, authorisation.until
    ended = authorisation.withdrawn_at or (authorisation.once and authorisation.used_at)
    if since is None or until is None or ended or not since <= today <= until:
        return False
    return authorisation.digest == authorisation.computed_digest()


def check_authorisation(
    authorisation: Authorisation | None, purpose: Purpose, enquiry: Enquiry, found: Found | None, today: date
) -> Authorisation:
    """Return the live authorisation of this subject for this unit and purpose.

    One given before two files were found to be one subject stays that subject's: it holds for the file that stands.

    An unknown subject is refused with the very same words, so that nobody learns from an authorisation for one person
    whether another one has a file.
    """
    if enquiry.authorisation_id is None:
        raise refused("no_basis")
    fits = (
        authorisation is not None
        and found is not None
        and forwarding.same(authorisation.subject_id, found.id)
        and authorisation.grantee_id == enquiry.actor.agency_id
        and authorisation.purpose == purpose.code
        and is_live(authorisation, today)
    )
    if not fits or authorisation is None:
        raise refused("authorisation_not_valid")
    return authorisation


def check_no_conflict(found: Found, agency: Agency) -> None:
    """Refuse reading one's own file, or one's own unit's, by way of office (charter C25)."""
    if found.own:
        raise refused("own_file")
    if found.uscc and found.uscc == agency.uscc:
        raise refused("own_unit")


def needs_authorisation(purpose: Purpose) -> bool:
    """Tell whether a purpose stands on the subject's authorisation."""
    return purpose.ground is Ground.AUTHORISATION
