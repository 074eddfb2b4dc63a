"""Whatever order leaves come in, whatever is proved when: every proof between any two states of a log holds."""

import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.ledger.leaves import canonical
from chengxin.rules import merkle

bodies = st.lists(st.binary(max_size=40), min_size=1, max_size=300)


@given(bodies, st.data())
@settings(max_examples=150, deadline=None)
def test_any_log_proves_its_leaves_and_its_growth(log, data):
    leaves = [merkle.leaf_hash(body) for body in log]
    index = data.draw(st.integers(0, len(leaves) - 1))
    old = data.draw(st.integers(0, len(leaves)))
    root = merkle.root(leaves)
    assert merkle.verify_inclusion(leaves[index], index, len(leaves), merkle.inclusion_proof(leaves, index), root)
    path = merkle.consistency_proof(leaves, old)
    assert merkle.verify_consistency(old, len(leaves), merkle.root(leaves[:old]), root, path)


@given(bodies, st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_path_never_verifies(log, data):
    leaves = [merkle.leaf_hash(body) for body in log]
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.inclusion_proof(leaves, index)
    if not path:
        return
    step, byte = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 31))
    damaged = bytearray(path[step])
    damaged[byte] ^= data.draw(st.integers(1, 255))
    path[step] = bytes(damaged)
    assert not merkle.verify_inclusion(leaves[index], index, len(leaves), path, merkle.root(leaves))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), json_values, max_size=6))
@settings(max_examples=400, deadline=None)
def test_the_fast_canonical_form_is_the_one_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)
