"""Synthetic names of organisations, and the ways in which people write them wrong, other or short; all by rule."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator

from chengxin.rules.names_parts import Parts, parts
from chengxin.rules.names_readings import near, syllables
from chengxin.rules.names_traditional import SIMPLIFIED, TRADITIONAL
from chengxin.rules.names_words import CITIES, TRADES

# Common first: names take the characters at the beginning far more often than those at the end.
PROPER = (
    "华金盛达鑫瑞祥福德天宇宏伟强胜利丰隆兴旺顺通捷诚义仁智慧创新未来星辰阳光东方南北西中原江河湖海洋龙凤麒麟虎豹鹏鹰"
    "雁鸿雅美佳乐康健宁静平和云汀禾木启明远山长风映雪同尘听涛揽月青嘉致博厚清源润泽泰安恒信林森柏松竹梅兰菊莲荷春夏秋"
    "冬晨曦晓朝晖夕霞虹彩锦绣丝绸玉珠宝石磊岩峰岭川溪泉池塘波澜浪潮汐雨露霜冰雷电火炎焱灿辉煌耀亮朗晴昊旭昌盈满足富"
    "贵荣耀尊崇敬礼孝廉忠勇毅坚刚铁钢铜银铂钻石磐基业建筑筑梦圆满心意情爱缘友朋众合力联盟邦国家民生态绿野田园果蔬香"
    "茗茶酒醇厨味鲜食膳坊阁轩堂斋苑庭居舍屋楼台桥路途驰骋飞翔翼羽鹤鸣鹭鸥燕雀蝶蜂蜜糖甜酥饼面米粮谷麦穗稻粟豆芽苗"
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章苏潘葛翟仇单查解"
GIVEN = "安柏澄初岱恩帆歌涵及嘉珂澜茗宁沛祺若时桐微溪亦哲舟晏知清和云望舒景行书远星野松月以君遥子衿"
FORMS = ("有限公司",) * 12 + ("有限责任公司",) * 3 + ("股份有限公司", "集团有限公司", "合伙企业")
SHOPS = ("小吃店", "百货商行", "五金店", "理发店", "水果店", "便利店", "经营部", "面馆", "大药房", "服装店")
SCHOOLS = ("小学", "中学", "幼儿园", "医院", "图书馆", "敬老院", "行业协会", "志愿服务队")
Variant = Callable[[str, random.Random], str]
_TO_TRADITIONAL = dict(zip(SIMPLIFIED, TRADITIONAL, strict=True))


def _proper(chance: random.Random, length: int) -> str:
    return "".join(PROPER[int(len(PROPER) * chance.random() ** 1.6)] for _ in range(length))


def company(chance: random.Random) -> str:
    """Return the name of a company: place, name proper, trade, form."""
    place = chance.choice(CITIES) + chance.choice(("", "", "市"))
    proper = _proper(chance, chance.choice((2, 2, 2, 2, 3, 3, 4)))
    return place + proper + chance.choice(TRADES) + chance.choice(FORMS)


def shop(chance: random.Random) -> str:
    """Return the name of a shop, which may be that of a surname: 翟记面馆."""
    proper = chance.choice(SURNAMES) + "记" if chance.random() < 0.3 else _proper(chance, chance.choice((2, 3)))
    place = chance.choice(CITIES) if chance.random() < 0.5 else ""
    return place + proper + chance.choice(SHOPS)


def public_body(chance: random.Random) -> str:
    """Return the name of a school, a hospital or an association."""
    return f"{chance.choice(CITIES)}市{_proper(chance, 2)}{chance.choice(SCHOOLS)}"


def bare(chance: random.Random) -> str:
    """Return a name of two to four characters without any other word: a mark, or what a person is called."""
    return chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2, 3))))


def mixed(count: int, seed: int = 1) -> Iterator[str]:
    """Yield names: seven in ten companies, then shops, public bodies and bare names."""
    chance = random.Random(seed)
    for _ in range(count):
        yield chance.choices((company, shop, public_body, bare), (70, 15, 5, 10))[0](chance)


def _by_sound(key: Callable[[str], str]) -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for char in dict.fromkeys(PROPER + GIVEN + SURNAMES):
        found[key(char)] += char
    return found


_ALIKE = _by_sound(lambda char: syllables(char)[0])
_NEARLY = _by_sound(lambda char: near(syllables(char)[0]))


def _exchanged(name: str, chance: random.Random, others: Callable[[str], str]) -> str:
    """Exchange one character of the name proper for one of those that may stand for it; as it is if there are none."""
    cut = parts(name)
    places = [at for at, char in enumerate(cut.proper) if others(char)]
    if not places:
        return name
    at = chance.choice(places)
    proper = cut.proper[:at] + chance.choice(others(cut.proper[at])) + cut.proper[at + 1 :]
    return name.replace(cut.proper, proper, 1)


def exact(name: str, chance: random.Random) -> str:
    """Write the name as it is."""
    return name


def signs(name: str, chance: random.Random) -> str:
    """Put a blank into it, or the place into brackets behind the name proper."""
    cut = parts(name)
    if cut.place and chance.random() < 0.5:
        return f"{cut.proper}({cut.place}){cut.trade}{cut.form}"
    at = chance.randrange(1, len(name))
    return f"{name[:at]}{chance.choice(' 　')}{name[at:]}"


def traditional(name: str, chance: random.Random) -> str:
    """Write it in traditional characters."""
    return "".join(_TO_TRADITIONAL.get(char, char) for char in name)


def other_form(name: str, chance: random.Random) -> str:
    """Leave the form out or give another one."""
    cut = parts(name)
    return cut.stem + chance.choice(("", "公司", "有限责任公司" if cut.form == "有限公司" else "有限公司"))


def no_place(name: str, chance: random.Random) -> str:
    """Leave the place out."""
    cut = parts(name)
    return cut.core + cut.form


def short(name: str, chance: random.Random) -> str:
    """Leave everything but name proper and trade."""
    return parts(name).core


def homophone(name: str, chance: random.Random) -> str:
    """Exchange a character for one that sounds the same."""
    return _exchanged(name, chance, lambda char: _ALIKE[syllables(char)[0]].replace(char, ""))


def near_homophone(name: str, chance: random.Random) -> str:
    """Exchange a character for one that sounds alike: z zh, n ng, l n."""

    def others(char: str) -> str:
        said = syllables(char)[0]
        return "".join(other for other in _NEARLY[near(said)] if syllables(other)[0] != said)

    return _exchanged(name, chance, others)


def slip(name: str, chance: random.Random) -> str:
    """Write one character of the name proper wrong."""
    return _exchanged(name, chance, lambda char: PROPER.replace(char, ""))


def missing(name: str, chance: random.Random) -> str:
    """Lose a character of the name proper, if it has more than two."""
    cut = parts(name)
    if len(cut.proper) < 3:
        return name
    at = chance.randrange(len(cut.proper))
    return name.replace(cut.proper, cut.proper[:at] + cut.proper[at + 1 :], 1)


def swapped(name: str, chance: random.Random) -> str:
    """Swap two neighbouring characters of the name proper."""
    cut = parts(name)
    at = chance.randrange(len(cut.proper) - 1)
    turned = cut.proper[:at] + cut.proper[at + 1] + cut.proper[at] + cut.proper[at + 2 :]
    return name.replace(cut.proper, turned, 1)


def pinyin(name: str, chance: random.Random) -> str:
    """Write name proper and trade in letters."""
    return "".join(syllables(parts(name).core))


def pinyin_typo(name: str, chance: random.Random) -> str:
    """Do the same with a letter lost, doubled or swapped."""
    letters = pinyin(name, chance)
    at = chance.randrange(1, len(letters) - 1)
    before, here, after = letters[:at], letters[at], letters[at + 1 :]
    return before + chance.choice((after, here + here + after, after[0] + here + after[1:]))


def initials(name: str, chance: random.Random) -> str:
    """Write the first letters of name proper and trade."""
    return "".join(each[0] for each in syllables(parts(name).core))


VARIANTS: dict[str, Variant] = {
    "exact": exact, "signs": signs, "traditional": traditional, "other_form": other_form, "no_place": no_place,
    "short": short, "homophone": homophone, "near_homophone": near_homophone, "slip": slip, "missing": missing,
    "swapped": swapped, "pinyin": pinyin, "pinyin_typo": pinyin_typo,
}  # fmt: skip


def two_changes(name: str, chance: random.Random) -> str:
    """Do two things to it at once; the index was not built for any such pair."""
    first, second = chance.sample((traditional, other_form, no_place, homophone, slip, swapped, missing), 2)
    return second(first(name, chance), chance)


def unknown(chance: random.Random) -> str:
    """Return a name nobody bears: its name proper is made of characters that no name here is made of."""
    strange = "鼎爵勋徽韬铭硕峻岷郦鄱邺骥骐骁驿珞瑭璋琮琬琰玑珥绫缎缇纨绮缦蕴藉荟蔚葳蕤芷蘅沅澧沔涪泸渭洮淄淝"
    proper = "".join(chance.choice(strange) for _ in range(chance.choice((2, 2, 3, 4))))
    return chance.choice(CITIES) + proper + chance.choice(TRADES) + chance.choice(FORMS)


def cut_of(name: str) -> Parts:
    """Return the parts of a name."""
    return parts(name)
