"""Hashing against the definition and the published vectors of RFC 6962; proofs for every place of trees of every size."""

from __future__ import annotations

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from audit.trail.audit_verify import canonical, merkle_root, root_of_path
from audit.trail.sealing.export import audit_path

# The seven inputs of the reference implementation of Certificate Transparency, and its roots for the first n of them.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def leaves(inputs: list[str]) -> list[bytes]:
    return [hashlib.sha256(b"\x00" + bytes.fromhex(text)).digest() for text in inputs]


def by_definition(nodes: list[bytes]) -> bytes:
    """RFC 6962 2.1: split at the largest power of two below the number of leaves."""
    if len(nodes) == 1:
        return nodes[0]
    split = 1 << (len(nodes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + by_definition(nodes[:split]) + by_definition(nodes[split:])).digest()


def test_roots_are_those_of_the_reference_implementation() -> None:
    for count, root in ROOTS.items():
        assert merkle_root(leaves(INPUTS[:count])).hex() == root


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70))
def test_the_root_follows_the_definition_and_every_place_has_a_proof(nodes: list[bytes]) -> None:
    root = merkle_root(nodes)
    assert root == by_definition(nodes)
    for index, node in enumerate(nodes):
        path = audit_path(nodes, index)
        assert root_of_path(node, index, len(nodes), path) == root
        assert root_of_path(node, index, len(nodes), [*path, bytes(32)]) is None
        assert root_of_path(node, len(nodes), len(nodes), path) is None


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_json, _json)
def test_two_values_never_read_the_same(one: object, other: object) -> None:
    surrogates = "\ud800" <= max(json.dumps([one, other], ensure_ascii=False)) <= "\udfff"
    if not surrogates:
        assert json.loads(canonical(one)) == one
        assert (canonical(one) == canonical(other)) == (
            json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
        )
