"""Names of organisations by candidates, among a million mixed names: variants, pinyin, traditional, short.

Peer: tantivy with the same normalised names as pairs of characters and of syllables, on the same queries; a second
line tells how it does when it is given names cut by our own rules. Limit: our look into the keys without comparing.
CHENGXIN_BENCH_NAMES sets the size. ``python -m bench.names pairs`` prints recall and precision by class on the
labelled pairs, ``write`` writes their file.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench import harness, name_pairs, name_world

from chengxin.engines.names import columns, keys, searching
from chengxin.rules.names_matching import LIKELY, SHOWN, Asked, compare
from chengxin.rules.names_parts import parts
from chengxin.rules.names_readings import near, syllables

SIZE = int(os.environ.get("CHENGXIN_BENCH_NAMES", "1000000"))
QUERIES, PEER_QUERIES, STRANGERS, ROUNDS, TEN, THREADS = 2800, 140, 500, 5, 10, 1
Search = Callable[[str], list[int]]


@dataclass(frozen=True)
class Query:
    """What is typed, the name that is meant (empty when there is none) and in which way it was changed."""

    text: str
    meant: str
    group: str


def queries(names: Sequence[str], count: int) -> list[Query]:
    """Return names of the register, changed in one way each, the ways in turn; and in two ways at once."""
    chance = random.Random(7)
    ways = {**name_world.VARIANTS, "two_changes": name_world.two_changes}
    made = []
    while len(made) < count:
        group, meant = list(ways)[len(made) % len(ways)], chance.choice(names)
        text = ways[group](meant, chance)
        if text != meant or group == "exact":
            made.append(Query(text, meant, group))
    return made


def terms(text: str, *, cut: bool) -> tuple[list[str], list[str]]:
    """Return pairs of characters and pairs of syllables of a normalised name: what tantivy is given.

    ``cut`` leaves the form of organisation out, which is our own knowledge of names and no part of such an index.
    """
    name = parts(text).stem if cut else parts(text).whole
    read = _spelt(text) if text.isascii() else [near(each) for each in syllables(name)]
    doubles = [name[at : at + 2] for at in range(len(name) - 1)]
    return doubles, [one + two for one, two in pairwise(read)]


_SYLLABLES = {said for char in map(chr, range(0x4E00, 0x9FA6)) for said in syllables(char) if said.isascii()}


def _spelt(letters: str) -> list[str]:
    """Cut typed pinyin into syllables, the longest first, so that the peer can find it too."""
    read, at = [], 0
    while at < len(letters):
        size = next((n for n in range(6, 0, -1) if letters[at : at + n] in _SYLLABLES), 1)
        read.append(near(letters[at : at + size]))
        at += size
    return read


def tantivy_search(names: Sequence[str], *, cut: bool) -> Search:
    """Return the peer's search over the names."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    for field in ("doubles", "read"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("ref", stored=True)
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(200_000_000, THREADS)
    for ref, name in enumerate(names):
        doubles, read = terms(name, cut=cut)
        writer.add_document(tantivy.Document(doubles=" ".join(doubles), read=" ".join(read), ref=ref))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[int]:
        doubles, read = terms(text, cut=cut)
        wanted = [("doubles", term) for term in doubles] + [("read", term) for term in read]
        asked = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, *each)) for each in wanted]
        hits = searcher.search(tantivy.Query.boolean_query(asked), TEN, count=False).hits
        return [searcher.doc(address)["ref"][0] for _score, address in hits]

    return search


def recall(search: Search, names: Sequence[str], asked: Sequence[Query]) -> dict[str, float]:
    """Return the share of queries with the meant name among ten, by way of change, and over all."""
    found: dict[str, list[bool]] = {}
    for query in asked:
        hit = any(names[ref] == query.meant for ref in search(query.text))
        found.setdefault(query.group, []).append(hit)
    every = [hit for hits in found.values() for hit in hits]
    return {group: sum(hits) / len(hits) for group, hits in found.items()} | {"all": sum(every) / len(every)}


def filed(names: Sequence[str]) -> columns.Columns:
    """Build the index, write it, and return it mapped from its file, as a process of an installation has it."""
    start = time.process_time()
    built = columns.build(enumerate(names))
    spent = time.process_time() - start
    folder = harness.scratch() / "names"
    columns.save(built, folder, "bench")
    mapped = columns.load(folder)
    assert mapped is not None
    print(f"built in {spent:.0f} s of processor time; {mapped.size / 1e6:.0f} MB, mapped and shared by processes")
    return mapped


def strangers(pieces: list[columns.Columns], names: Sequence[str]) -> float:
    """Print how often a name that nobody bears is answered all the same; return how often an ordinary one probably.

    Ordinary ones are made like the names of the register and merely not in it; strange ones share no character.
    """
    chance, known = random.Random(11), {parts(name).core for name in names}
    made = (name_world.company(chance) for _ in range(9 * STRANGERS))
    ordinary = [name for name in made if parts(name).core not in known]
    strange, rates = [name_world.unknown(chance) for _ in range(STRANGERS)], []
    for kind, asked in (("ordinary", ordinary[:STRANGERS]), ("strange", strange)):
        best = [searching.search(pieces, name, 1) for name in asked]
        shown = sum(map(bool, best)) / len(asked)
        likely = sum(bool(found) and found[0].match.points >= LIKELY for found in best) / len(asked)
        rates.append(likely)
        print(f"{len(asked)} {kind} names nobody bears: {shown:.1%} are answered with something (from {SHOWN} points), "
              f"{likely:.1%} with a probable one (from {LIKELY})")  # fmt: skip
    return rates[0]


def by_class(pieces: list[columns.Columns], names: Sequence[str]) -> None:
    """Print for each class of the labelled pairs how often the name is among ten, and how often called probable."""
    print(f"  {'class':<16}{'label':<11}{'pairs':>6}{'in ten':>9}{'probable':>10}")
    groups: dict[str, list[name_pairs.Pair]] = {}
    for pair in name_pairs.read():
        groups.setdefault(pair.group, []).append(pair)
    right = called = 0
    for group, members in groups.items():
        tens = sum(_in_ten(pieces, names, pair) for pair in members)
        likely = sum(_probable(pair) for pair in members)
        right += likely if members[0].label == name_pairs.SAME else 0
        called += likely
        share = tens / len(members), likely / len(members)
        print(f"  {group:<16}{members[0].label:<11}{len(members):>6}{share[0]:>9.1%}{share[1]:>10.1%}")
    print(f"of the pairs called probable {right / called:.1%} are the same organisation (precision over all classes)")


def _in_ten(pieces: list[columns.Columns], names: Sequence[str], pair: name_pairs.Pair) -> bool:
    meant = (pair.known, pair.former)
    return any(names[each.ref] in meant for each in searching.search(pieces, pair.asked, TEN))


def _probable(pair: name_pairs.Pair) -> bool:
    known = [name for name in (pair.known, pair.former) if name]
    return max(compare(Asked(pair.asked), parts(name)).points for name in known) >= LIKELY


def lookups(index: columns.Columns, asked: Sequence[Query]) -> None:
    """Do the least that any search by keys must do: find the names under the first keys."""
    for query in asked:
        searching._under(index, keys.same(Asked(query.text)))


def measure() -> harness.Result:
    """Measure ours, the peer and the limit in turn, five rounds each, and return the medians."""
    known = [name for pair in name_pairs.read() for name in (pair.known, pair.former) if name]
    names = [*name_world.mixed(SIZE - len(known)), *known]
    asked, index = queries(names, QUERIES), filed(names)
    by_class([index], names)
    wrong = strangers([index], names)
    plain, cut = tantivy_search(names, cut=False), tantivy_search(names, cut=True)
    mine: Search = lambda text: [each.ref for each in searching.search([index], text, TEN)]  # noqa: E731
    took: list[float] = []
    busy: list[float] = []

    def ours() -> None:
        for query in asked:
            before = time.process_time()
            took.append(harness.timed(lambda text=query.text: mine(text)))
            busy.append(time.process_time() - before)

    few, many = asked[:PEER_QUERIES], asked[: 4 * PEER_QUERIES]
    rounds = harness.interleaved(
        {
            "ours": ours,
            "peer": lambda: [plain(each.text) for each in few],
            "cut": lambda: [cut(each.text) for each in many],
            "limit": lambda: lookups(index, asked),
        },
        ROUNDS,
    )
    middle, slow = (harness.percentile(busy, share) * 1000 for share in (0.5, 0.99))
    print(f"ours by processor time: {len(busy) / sum(busy):,.0f} queries/s, median {middle:.2f} ms, p99 {slow:.2f} ms")
    found = print_recall(mine, plain, cut, names, asked)
    theirs = rounds["cut"].rate(len(many))
    times = rounds["ours"].rate(len(asked)) / theirs
    print(f"tantivy given names already cut by us: {theirs:,.0f} queries/s; ours is {times:.1f} times this")
    return harness.Result(
        "names", rounds["ours"].rate(len(asked)), rounds["peer"].rate(len(few)), rounds["limit"].rate(len(asked)),
        "queries/s", len(names), peer_name="tantivy, normalised bigrams + pinyin",
        p99_ms=harness.percentile(took, 0.99) * 1000, peak_mb=harness.peak_mb(), recall=round(found[0], 4),
        peer_recall=round(found[1], 4), false_positive=round(wrong, 4),
    )  # fmt: skip


def print_recall(
    mine: Search, plain: Search, cut: Search, names: Sequence[str], asked: Sequence[Query]
) -> tuple[float, float]:
    """Print recall by way of change: ours, the peer, and the peer given names already cut; return the first two."""
    shares = [recall(search, names, asked[: 4 * PEER_QUERIES]) for search in (mine, plain, cut)]
    print(f"  {'recall@10':<18}{'ours':>8}{'tantivy':>9}{'and cut':>9}")
    for group in shares[0]:
        print(f"  {group:<18}" + "".join(f"{share[group]:>8.3f} " for share in shares))
    return shares[0]["all"], shares[1]["all"]


def show_pairs() -> None:
    """Print recall and precision by class among twenty thousand other names."""
    known = [name for pair in name_pairs.read() for name in (pair.known, pair.former) if name]
    names = [*name_world.mixed(20_000), *known]
    pieces = [columns.build(enumerate(names))]
    by_class(pieces, names)
    strangers(pieces, names)


if __name__ == "__main__":
    if "write" in sys.argv:
        name_pairs.FILE.write_text(name_pairs.text(), encoding="utf-8")
    elif "pairs" in sys.argv:
        show_pairs()
    else:
        harness.report(measure())
