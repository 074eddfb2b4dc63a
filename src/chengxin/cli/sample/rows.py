"""Clean rows in the real column layouts: penalties (CF), licences (XK), honours (RY), registration basics (JBXX)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from chengxin.cli.sample import words
from chengxin.cli.sample.agencies import Office
from chengxin.cli.sample.people import Firm, Human

Row = dict[str, str]
Party = Firm | Human
MINOR_DAYS = timedelta(days=80)


def penalty(rng: Random, number: int, party: Party, office: Office, decided: date, today: date) -> Row:
    """Return a penalty of the ordinary procedure."""
    offence, basis, kinds, amount = rng.choice(words.OFFENCES)
    if kinds == ("警告",) and decided < today - MINOR_DAYS:
        # A warning is minor; after three months it may not even be admitted.
        decided = today - timedelta(days=rng.randrange(1, MINOR_DAYS.days))
    fine = f"{rng.uniform(*amount):.2f}" if amount else ""
    return penalty_row(party, office, decided, number, offence, basis, kinds, fine)


def penalty_row(
    party: Party,
    office: Office,
    decided: date,
    number: int,
    offence: str,
    basis: str,
    kinds: tuple[str, ...],
    fine: str,
) -> Row:
    """Return a penalty with everything said."""
    confiscated = "0.35" if any(kind.startswith("没收") for kind in kinds) else ""
    return {
        **_party("CF", party),
        "CF_WSH": f"示{office.zh[3]}罚〔{decided.year}〕{number}号",
        "CF_WFXW": offence,
        "CF_SY": f"当事人于{decided.year}年被查实{offence}。",
        "CF_YJ": basis,
        "CF_CFLB": "；".join(kinds),
        "CF_NR": "、".join(kinds) + (f"{fine}万元" if fine else ""),
        "CF_NR_FK": fine if "罚款" in kinds else "",
        "CF_NR_WFFF": confiscated,
        "CF_NR_ZKDX": "食品经营许可证 JY0001" if any("暂扣" in k or "吊销" in k for k in kinds) else "",
        "CF_JDRQ": decided.isoformat(),
        "CF_YXQ": "2099-12-31",
        "CF_GSJZQ": "",
        "CF_CFJG": office.zh,
        "CF_CFJGDM": office.code,
        "CF_SJLY": office.zh,
        "CF_SJLYDM": office.code,
        "BZ": "",
    }


def licence(rng: Random, number: int, party: Party, office: Office, decided: date, today: date) -> Row:
    """Return a licence valid for five years."""
    title, content = rng.choice(words.LICENCES)
    return {
        **_party("XK", party),
        "XK_XKWS": f"{title}决定书",
        "XK_WSH": f"示{office.zh[3]}许〔{decided.year}〕{number}号",
        "XK_XKLB": rng.choice(("普通", "核准", "登记")),
        "XK_XKZS": f"{title}证",
        "XK_XKBH": f"XK{decided.year}{number:06d}",
        "XK_NR": content,
        "XK_JDRQ": decided.isoformat(),
        "XK_YXQZ": decided.isoformat(),
        "XK_YXQZI": (decided + timedelta(days=5 * 365)).isoformat() if rng.random() < 0.9 else "2099-12-31",
        "XK_XKJG": office.zh,
        "XK_XKJGDM": office.code,
        "XK_ZT": "1",
        "XK_LYDW": office.zh,
        "XK_LYDWDM": office.code,
        "BZ": "",
    }


def honour(rng: Random, number: int, party: Party, office: Office, decided: date, today: date) -> Row:
    """Return an honour."""
    shared = _party("RY", party)
    kept = ("RY_XDR_MC", "RY_XDR_LB", "RY_XDR_SHXYM", "RY_XDR_ZJLX", "RY_XDR_ZJHM")
    return {
        **{key: shared[key] for key in kept},
        "RY_MC": rng.choice(words.HONOURS),
        "RY_WSH": f"示{office.zh[3]}表〔{decided.year}〕{number}号",
        "RY_JDRQ": decided.isoformat(),
        "RY_YXQ": (decided + timedelta(days=3 * 365)).isoformat(),
        "RY_JG": office.zh,
        "RY_JGDM": office.code,
        "BZ": "",
    }


def basics(rng: Random, firm: Firm, office: Office, today: date) -> Row:
    """Return an organisation's registration basics under its present name."""
    founded = today - timedelta(days=rng.randrange(200, 9000))
    return {
        "UNISCID": firm.code,
        "ENTNAME": firm.name,
        "REGNO": "",
        "ENTTYPE": "个体工商户" if firm.kind == "个体工商户" else "有限责任公司",
        "NAME": firm.representative.name,
        "REGCAP": str(rng.choice((10, 50, 100, 500, 1000))),
        "ESTDATE": founded.isoformat(),
        "OPFROM": founded.isoformat(),
        "OPTO": "9999-09-09",
        "REGSTATE": "存续",
        "DOM": f"示例市{rng.choice(words.PLACES)}路{rng.randrange(1, 300)}号",
        "DOMDISTRICT": "320199",
        "OPSCOPE": "以登记机关核定的经营范围为准",
        "INDUSTRYCO": "F52",
        "REGORG": office.zh,
        "APPRDATE": founded.isoformat(),
    }


def _party(prefix: str, party: Party) -> Row:
    person = isinstance(party, Human)
    firm_kind = "" if isinstance(party, Human) else party.kind
    return {
        f"{prefix}_XDR_MC": party.name,
        f"{prefix}_XDR_LB": "自然人" if person else firm_kind,
        f"{prefix}_XDR_SHXYM": "" if isinstance(party, Human) else party.code,
        f"{prefix}_XDR_GSZC": "",
        f"{prefix}_XDR_ZZJG": "",
        f"{prefix}_XDR_SWDJ": "",
        f"{prefix}_XDR_SYDW": "",
        f"{prefix}_XDR_SHZZ": "",
        f"{prefix}_FRDB": "" if isinstance(party, Human) else party.representative.name,
        f"{prefix}_FR_ZJLX": "" if person else "身份证",
        f"{prefix}_FR_ZJHM": "" if isinstance(party, Human) else party.representative.number,
        f"{prefix}_XDR_ZJLX": "身份证" if person else "",
        f"{prefix}_XDR_ZJHM": party.number if isinstance(party, Human) else "",
    }
