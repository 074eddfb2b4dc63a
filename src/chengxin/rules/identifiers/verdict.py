"""What a check of an identifier can answer: four outcomes, a reason, and a description that shows no content."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from chengxin.rules.errors import Refusal


class CodeKind(Enum):
    """A declared kind of code or certificate; ``zh`` is the text in 双公示 files, ``dialect`` the numeric 01..05."""

    USCC = ("uscc", "统一社会信用代码", "unified social credit code", "")
    ORG_CODE = ("org_code", "组织机构代码", "organisation code", "")
    REGISTRATION_NO = ("registration_no", "工商注册号", "business registration number", "")
    TAX_NO = ("tax_no", "税务登记号", "tax registration number", "")
    INSTITUTION_NO = ("institution_no", "事业单位证书号", "public institution certificate number", "")
    SOCIAL_NO = ("social_no", "社会组织登记证号", "social organisation certificate number", "")
    CITIZEN_ID = ("citizen_id", "身份证", "citizen identity card", "01")
    PASSPORT = ("passport", "护照号", "passport", "02")
    HK_MACAO_PASS = ("hk_macao_pass", "港澳居民来往内地通行证", "Hong Kong and Macao residents' pass", "03")
    TAIWAN_PASS = ("taiwan_pass", "台湾居民来往大陆通行证", "Taiwan residents' pass", "04")
    FOREIGN_RESIDENT = ("foreign_resident", "外国人永久居留身份证", "foreign permanent resident card", "05")

    zh: str
    en: str
    dialect: str

    def __new__(cls, value: str, zh: str, en: str, dialect: str) -> CodeKind:
        """Keep the short stable code as the value and carry the names beside it."""
        member = object.__new__(cls)
        member._value_ = value
        member.zh, member.en, member.dialect = zh, en, dialect
        return member

    @property
    def is_personal(self) -> bool:
        """Tell whether the certificate belongs to a natural person."""
        return bool(self.dialect)


class UnknownKind(Refusal):
    """A file declares a certificate type that is not in the list."""

    code = "unknown-code-kind"


# Older files and forms write these; each means one kind only.
_OTHER_LABELS = {
    "居民身份证": CodeKind.CITIZEN_ID,
    "身份证号": CodeKind.CITIZEN_ID,
    "护照": CodeKind.PASSPORT,
    "港澳通行证": CodeKind.HK_MACAO_PASS,
    "台湾通行证": CodeKind.TAIWAN_PASS,
    "外国人永居证": CodeKind.FOREIGN_RESIDENT,
}
_LABELS = (
    {kind.zh: kind for kind in CodeKind} | {kind.dialect: kind for kind in CodeKind if kind.dialect} | _OTHER_LABELS
)


def kind_from_label(label: str) -> CodeKind:
    """Return the kind a file declares in words (身份证) or in the numeric dialect (01); raise UnknownKind otherwise."""
    try:
        return _LABELS[label.strip()]
    except KeyError:
        names = "、".join(kind.zh for kind in CodeKind if kind.is_personal)
        raise UnknownKind(
            f"证件类型不在目录内。请填写：{names}，或代码 01 至 05。",
            "The certificate type is not in the list. Use one of the five names or the codes 01 to 05.",
        ) from None


class Outcome(Enum):
    """The four answers; only WRONG keeps a row out."""

    VALID = "valid"
    VALID_ALSO_PARSES = "valid_also_parses"
    LEGAL_BUT_CHECKSUM_FAILS = "legal_but_checksum_fails"
    WRONG = "wrong"


class Note(Enum):
    """The reason behind an outcome, as a stable code with both sentences."""

    CLEAN = ("clean", "", "")
    EMPTY = ("empty", "未填写", "nothing was entered")
    LENGTH = ("length", "长度不符", "wrong length")
    CHARACTERS = ("characters", "含不允许的字符", "holds characters that are not allowed")
    FORMAT = ("format", "格式不符", "wrong format")
    CHECK_CHARACTER = ("check_character", "校验位不符", "the check character does not fit")
    INNER_CODE = ("inner_code", "末位相符，主体标识码校验不符", "the last character fits, the inner code does not")
    BOTH_CHECKS = ("both_checks", "校验位与主体标识码均不符", "neither the check character nor the inner code fits")
    LEGACY = (
        "legacy",
        "校验位不符而主体标识码相符，按旧码接受",
        "only the inner code fits; taken as legacy",
    )
    UNKNOWN_PAIR = ("unknown_pair", "登记管理部门与机构类别组合未收录", "department and type are not a known pair")
    PERSONAL = ("personal", "校验位不符，且可解析为身份证", "the check fails and the text parses as an identity card")
    BIRTH_DATE = ("birth_date", "出生日期不存在", "the birth date does not exist")
    FUTURE_BIRTH = ("future_birth", "出生日期晚于今天", "the birth date lies in the future")
    REGION = ("region", "行政区划代码未收录", "the division code is not in the table")
    UPGRADED = ("upgraded", "旧号已升为 18 位", "an old number, brought to 18 digits")

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Note:
        """Keep the stable code as the value and carry the sentences beside it."""
        member = object.__new__(cls)
        member._value_ = value
        member.zh, member.en = zh, en
        return member


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to "could this text be a number of the declared kind?".

    ``normalised`` (half width, upper case, 18 digits for old identity numbers) is kept out of ``repr`` so that it
    cannot reach a log. ``also`` names the other checksum kinds whose own check character the text satisfies as well.
    ``shape`` and ``shape_en`` describe length, make-up and reason without showing any content; safe in messages.
    """

    kind: CodeKind
    outcome: Outcome
    normalised: str = field(repr=False)
    also: frozenset[CodeKind]
    note: Note
    shape: str
    shape_en: str

    @property
    def accepted(self) -> bool:
        """Tell whether a row with this code may go on (everything but WRONG)."""
        return self.outcome is not Outcome.WRONG

    @property
    def check_exempt(self) -> bool:
        """Tell whether the code is accepted although its check character fails, and must carry the flag."""
        return self.outcome is Outcome.LEGAL_BUT_CHECKSUM_FAILS
