"""The keys under which a name is filed, and those under which it is looked for.

A key is a kind and a text: T the text itself, D the text with one character gone, P how it is read, I the initials of
that, B two neighbouring characters. Two names that share a key are candidates for each other; rules decide the rest.
"""

from __future__ import annotations

from string import ascii_lowercase
from zlib import crc32

from chengxin.rules.names_matching import Asked
from chengxin.rules.names_parts import Parts, readings
from chengxin.rules.names_readings import near

FEWEST_LEFT, LONGEST_DELETED = 2, 16
SHORTEST_INITIALS, LONGEST_INITIALS = 3, 12
_PLACE = 2
_FORMS = ("youxiangongsi", "youxianzerengongsi", "gufenyouxiangongsi", "gongsi")
_ALPHABET = [letter.encode() for letter in ascii_lowercase]
Probes = dict[int, int]
"""Keys to look under, each with what a name found there is worth before it is compared (0 to 100)."""


def hashed(text: str) -> int:
    """Return a key as 32 bits, the same in every process; two texts may share one, so a find is always compared."""
    return crc32(text.encode())


def filed_under(name: Parts) -> set[int]:
    """Return every key of a known name."""
    place, proper, trade, _form = name
    core = proper + trade
    texts = ["T" + proper, "T" + core, "T" + place + core]
    for read in readings(name):
        first, middle = len(place), len(place) + len(proper)
        # A long name proper may begin with a place that we do not know.
        behind = [read[first + _PLACE : middle], read[first + _PLACE :]] if len(proper) >= 2 * _PLACE else []
        for said in (read, read[first:], read[first:middle], *behind):
            texts.append("P" + near("".join(said)))
            if len(said) >= SHORTEST_INITIALS:
                texts.append("I" + "".join(each[0] for each in said))
    texts += ["D" + text for text in deleted(core)]
    stem = place + core
    texts += ["B" + stem[at : at + 2] for at in range(len(stem) - 1)]
    return {crc32(text.encode()) for text in texts}


def same(asked: Asked) -> Probes:
    """Return the keys of names that are written or read as what was typed."""
    ours = asked.parts
    found = {"P" + asked.near_sound: 40, "T" + ours.core: 50}
    if ours.place:
        found["T" + ours.stem] = 60
    if asked.letters:
        found |= _letters(asked.letters)
    return {hashed(text): worth for text, worth in found.items()}


def almost(asked: Asked) -> Probes:
    """Return the keys of names that differ in one character, which may be wrong, missing, too many or swapped.

    Names with the same name proper and another trade are among them.
    """
    ours = asked.parts.core
    texts = ["D" + ours]
    for text in deleted(ours):
        texts += ["D" + text, "T" + text]
    return dict.fromkeys(map(hashed, texts), 30) | {hashed("T" + asked.parts.proper): 25}


def slips(letters: str) -> list[int]:
    """Return the keys of every text one letter away from typed letters, for pinyin with a slip in it; in order."""
    heard = near(letters).encode()
    cuts = [(b"P" + heard[:at], heard[at:]) for at in range(len(heard) + 1)]
    texts = [left + right[1:] for left, right in cuts if right]
    texts += [left + right[1::-1] + right[2:] for left, right in cuts if len(right) > 1]
    texts += [left + letter + right[1:] for left, right in cuts if right for letter in _ALPHABET]
    texts += [left + letter + right for left, right in cuts for letter in _ALPHABET]
    return sorted(set(map(crc32, texts)))


def pair_keys(asked: Asked) -> list[int]:
    """Return the keys of the neighbouring characters of a typed name."""
    return [hashed("B" + pair) for pair in asked.pairs]


def deleted(text: str) -> list[str]:
    """Return the text with each character gone in turn; very short and very long texts have none."""
    if not FEWEST_LEFT < len(text) <= LONGEST_DELETED:
        return []
    return [text[:at] + text[at + 1 :] for at in range(len(text))]


def _letters(letters: str) -> dict[str, int]:
    found = {"P" + near(letters.removesuffix(form)): 55 for form in _FORMS}
    if SHORTEST_INITIALS <= len(letters) <= LONGEST_INITIALS:
        found["I" + letters] = 35
    return found | {"P" + near(letters): 60}
