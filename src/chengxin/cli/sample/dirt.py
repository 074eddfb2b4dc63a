"""Ways in which real files are wrong, each with the outcome that the platform owes the clerk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from chengxin.cli.sample.people import ORG_CHARACTERS
from chengxin.cli.sample.rows import Row

ADMITTED, RETURNED, WAITING = "admitted", "returned", "waiting"
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@dataclass(frozen=True)
class Dirt:
    """One way to spoil a row: its name, what must come of it, and the finding's code that must be reported, if any."""

    name: str
    outcome: str
    code: str
    spoil: Callable[[Random, Row, str], bool]


def _set(row: Row, key: str, value: str) -> bool:
    row[key] = value
    return True


def _full_width(rng: Random, row: Row, p: str) -> bool:
    key = f"{p}_XDR_SHXYM" if row[f"{p}_XDR_SHXYM"] else f"{p}_XDR_ZJHM"
    return _set(row, key, row[key].translate(FULL_WIDTH))


def _fifteen(rng: Random, row: Row, p: str) -> bool:
    number = row[f"{p}_XDR_ZJHM"]
    return number[6:8] == "19" and _set(row, f"{p}_XDR_ZJHM", number[:6] + number[8:17])


def _id_in_code(rng: Random, row: Row, p: str) -> bool:
    number = row[f"{p}_XDR_ZJHM"]
    return bool(number) and _set(row, f"{p}_XDR_SHXYM", number)


def _wrong_check(rng: Random, row: Row, p: str) -> bool:
    code = row[f"{p}_XDR_SHXYM"]
    # The next character differs by one, which both checks notice; a greater difference may pass the inner one.
    other = ORG_CHARACTERS[(ORG_CHARACTERS.find(code[12:13]) + 1) % len(ORG_CHARACTERS)]
    return bool(code) and not code.startswith("91350203") and _set(row, f"{p}_XDR_SHXYM", code[:12] + other + code[13:])


def _wrong_number(rng: Random, row: Row, p: str) -> bool:
    number = row[f"{p}_XDR_ZJHM"]
    return bool(number) and _set(row, f"{p}_XDR_ZJHM", number[:-1] + ("0" if number[-1] != "0" else "1"))


def _no_number(rng: Random, row: Row, p: str) -> bool:
    return bool(row[f"{p}_XDR_ZJHM"]) and _set(row, f"{p}_XDR_ZJHM", "")


def _other_name(rng: Random, row: Row, p: str) -> bool:
    return _set(row, f"{p}_XDR_MC", "丁一丁" if row[f"{p}_XDR_ZJHM"] else "临湖无名氏贸易有限公司")


def _junk_date(rng: Random, row: Row, p: str) -> bool:
    return _set(row, f"{p}_JDRQ", rng.choice(("2026-13-45", "去年", "2026年")))


def _sentinel(rng: Random, row: Row, p: str) -> bool:
    return _set(row, f"{p}_JDRQ", rng.choice(("1899-12-31", "1900-01-01", "\\N", "暂无")))


def _slashed(rng: Random, row: Row, p: str) -> bool:
    year, month, day = row[f"{p}_JDRQ"].split("-")
    return _set(row, f"{p}_JDRQ", f"{year}/{int(month)}/{int(day)}")


def _yuan(rng: Random, row: Row, p: str) -> bool:
    return bool(row.get("CF_NR_FK")) and _set(row, "CF_NR_FK", "50000")


def _words(rng: Random, row: Row, p: str) -> bool:
    return bool(row.get("CF_NR_FK")) and _set(row, "CF_NR_FK", rng.choice(("伍万元", "5 000")))


def _no_fine(rng: Random, row: Row, p: str) -> bool:
    return bool(row.get("CF_NR_FK")) and _set(row, "CF_NR_FK", "")


def _no_document(rng: Random, row: Row, p: str) -> bool:
    # A licence without a number of its document is known by its own number, so both have to be missing.
    if "XK_XKBH" in row:
        row["XK_XKBH"] = ""
    return _set(row, f"{p}_WSH", "")


def _brackets(rng: Random, row: Row, p: str) -> bool:
    return _set(row, f"{p}_WSH", row[f"{p}_WSH"].replace("〔", "[").replace("〕", "]"))


KINDS = (
    Dirt("full_width_digits", ADMITTED, "", _full_width),
    Dirt("fifteen_digit_number", ADMITTED, "person.number_old", _fifteen),
    Dirt("citizen_number_in_code_column", RETURNED, "uscc.on_person", _id_in_code),
    Dirt("wrong_check_character", RETURNED, "uscc.wrong", _wrong_check),
    Dirt("wrong_identity_number", RETURNED, "person.number_wrong", _wrong_number),
    Dirt("person_without_number", RETURNED, "cell.required", _no_number),
    Dirt("name_does_not_agree", WAITING, "", _other_name),
    Dirt("unreadable_date", RETURNED, "date.unreadable", _junk_date),
    Dirt("sentinel_date", RETURNED, "cell.required", _sentinel),
    Dirt("date_with_slashes", ADMITTED, "", _slashed),
    Dirt("amount_in_yuan", ADMITTED, "amount.unit", _yuan),
    Dirt("amount_in_words", RETURNED, "amount.unreadable", _words),
    Dirt("fine_without_amount", RETURNED, "fine.amount", _no_fine),
    Dirt("no_document_number", RETURNED, "cell.required", _no_document),
    Dirt("square_brackets", ADMITTED, "", _brackets),
)
