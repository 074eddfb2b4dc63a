"""Merkle trees, checked exhaustively for small sizes and against an independent implementation."""

from hashlib import sha256

import pytest
from pymerkle import InmemoryTree

from chengxin.rules import merkle
from chengxin.rules.merkle import Node, Span

LEAVES = [merkle.leaf_hash(n.to_bytes(2, "big")) for n in range(64)]
ROOTS = [merkle.root(LEAVES[:n]) for n in range(65)]


def by_definition(leaves):
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def test_leaf_and_node_hashes_are_separated():
    assert merkle.leaf_hash(b"") == bytes.fromhex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    assert merkle.leaf_hash(b"ab") != merkle.node_hash(b"a", b"b") != sha256(b"ab").digest()


def test_roots_follow_the_definition():
    assert [by_definition(LEAVES[:n]) for n in range(65)] == ROOTS


def test_roots_equal_those_of_an_independent_implementation():
    tree = InmemoryTree(algorithm="sha256")
    for n in range(1, 65):
        tree.append_entry((n - 1).to_bytes(2, "big"))
        assert tree.get_root() == ROOTS[n]


def test_every_inclusion_proof_up_to_64_leaves_holds():
    proofs = 0
    for size in range(1, 65):
        for index in range(size):
            path = merkle.inclusion_proof(LEAVES[:size], index)
            assert merkle.verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])
            proofs += 1
    assert proofs == 2080


def test_no_inclusion_proof_holds_for_another_leaf_place_size_or_root():
    """The size alone may be misstated where the path has the same shape: a proof is only ever read with its root."""
    for size in range(1, 33):
        for index in range(size):
            path = merkle.inclusion_proof(LEAVES[:size], index)
            assert not merkle.verify_inclusion(LEAVES[40], index, size, path, ROOTS[size])
            assert not merkle.verify_inclusion(LEAVES[index], index, size, path, ROOTS[size + 1])
            assert not merkle.verify_inclusion(LEAVES[index], index, size, [*path, LEAVES[0]], ROOTS[size])
            assert not path or not merkle.verify_inclusion(LEAVES[index], index, size, path[:-1], ROOTS[size])
            assert not any(
                merkle.verify_inclusion(LEAVES[index], other, size, path, ROOTS[size])
                for other in range(-1, size + 2)
                if other != index
            )


def test_every_consistency_proof_up_to_64_leaves_holds():
    for size in range(65):
        for old in range(size + 1):
            path = merkle.consistency_proof(LEAVES[:size], old)
            assert merkle.verify_consistency(old, size, ROOTS[old], ROOTS[size], path)


def test_no_consistency_proof_holds_for_a_rewritten_history():
    for size in range(2, 33):
        rewritten = [merkle.leaf_hash(b"rewritten"), *LEAVES[1:size]]
        for old in range(1, size):
            path = merkle.consistency_proof(rewritten, old)
            assert not merkle.verify_consistency(old, size, ROOTS[old], merkle.root(rewritten), path)
            honest = merkle.consistency_proof(LEAVES[:size], old)
            assert not merkle.verify_consistency(old, size, ROOTS[old], merkle.root(rewritten), honest)
            assert not merkle.verify_consistency(old, size, merkle.root(rewritten[:old]), ROOTS[size], honest)
            assert not merkle.verify_consistency(old, size, ROOTS[old], ROOTS[size], [*honest, LEAVES[0]])
            assert not merkle.verify_consistency(old, size, ROOTS[old], ROOTS[size], honest[:-1])


def test_a_log_never_shrinks():
    assert not merkle.verify_consistency(5, 4, ROOTS[5], ROOTS[4], [])
    assert not merkle.verify_consistency(4, 4, ROOTS[4], ROOTS[5], [])
    assert not merkle.verify_consistency(0, 4, ROOTS[1], ROOTS[4], [])
    with pytest.raises(ValueError, match="precede"):
        merkle.consistency_spans(5, 4)
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_spans(4, 4)


def test_known_answers_of_the_reference_implementation():
    """The eight leaves and the root by which implementations of RFC 6962 compare themselves."""
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in inputs]
    assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert [step.hex() for step in merkle.consistency_proof(leaves, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_a_compact_range_continues_where_it_was_stored():
    for size in range(64):
        growing = merkle.CompactRange()
        for leaf in LEAVES[:size]:
            growing.append(leaf)
        again = merkle.CompactRange(size, growing.peaks)
        again.append(LEAVES[size])
        assert again.root() == ROOTS[size + 1]
    with pytest.raises(ValueError, match="peaks"):
        merkle.CompactRange(3, [LEAVES[0]])


def test_spans_are_read_from_complete_nodes():
    def read(node):
        return merkle.root(LEAVES[node.place << node.height : (node.place + 1) << node.height])

    for size in range(1, 65):
        assert merkle.span_hash(Span(0, size), read) == ROOTS[size]
        for index in range(size):
            spans = merkle.inclusion_spans(index, size)
            assert [merkle.span_hash(span, read) for span in spans] == merkle.inclusion_proof(LEAVES[:size], index)


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ((0, 0), "tile/0/000"),
        ((0, 0, 1), "tile/0/000.p/1"),
        ((3, 999, 255), "tile/3/999.p/255"),
        ((0, 1000), "tile/0/x001/000"),
        ((1, 1234067), "tile/1/x001/x234/067"),
        (("entries", 5, 7), "tile/entries/005.p/7"),
    ],
)
def test_tile_paths(arguments, path):
    assert merkle.tile_path(*arguments) == path


def test_a_growing_tile_holds_every_complete_node_at_every_width():
    row, tile = [merkle.leaf_hash(n.to_bytes(2, "big")) for n in range(256)], merkle.TileRow()
    for width in range(1, 257):
        top = tile.append(row[width - 1])
        assert top == (merkle.root(row) if width == 256 else None)
        hashes, inner = b"".join(tile.hashes), b"".join(tile.inner)
        for height in range(8):
            for place in range(max(0, (width >> height) - 2), width >> height):
                expected = merkle.root(row[place << height : (place + 1) << height])
                assert merkle.tile_node(hashes, inner, height, place) == expected
        if width % 5 == 0:  # A tile read back from storage goes on growing.
            tile = merkle.TileRow(hashes, inner)
    assert len(tile.inner) == 254


def test_nodes_lie_in_tiles_by_height_and_place():
    assert merkle.tile_place(Node(0, 300)) == (0, 1, 0, 44)
    assert merkle.tile_place(Node(3, 33)) == (0, 1, 3, 1)
    assert merkle.tile_place(Node(8, 5)) == (1, 0, 0, 5)
    assert merkle.tile_place(Node(17, 129)) == (2, 1, 1, 1)
