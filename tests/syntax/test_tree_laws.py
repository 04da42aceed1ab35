"""An edited tree is the tree that a fresh parse gives.

Where a text is broken tree-sitter may recover in another way than it does afresh (about one edit in a thousand); that
both are broken is then all that one can ask.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.syntax.tree import SyntaxTree, parse
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span
from tests.syntax.samples import SAMPLES
from tests.syntax.tables import language

FRAGMENTS = st.sampled_from(
    [
        "",
        *"\n\r\t\0\ud800\udc00é😀\u2028(){}[]\"'`x1#\\<>;:",
        "\r\n",
        "\n\n",
        "    ",
        " x ",
        "'''",
        "//",
        "/*",
        "*/",
        "class A",
        "def f():",
    ]
)
CUTS = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from([0, 0, 1, 5]), FRAGMENTS), min_size=1, max_size=3
)


def replacements_of(text: str, cuts: list[tuple[int, int, str]]) -> list[Replacement]:
    replacements: list[Replacement] = []
    position = 0
    for start, length, fragment in sorted(cuts):
        if position <= start <= len(text):
            position = min(len(text), start + length)
            replacements.append(Replacement(Span(start, position), fragment))
    return replacements


def nodes_of(tree: SyntaxTree) -> list[tuple[object, ...]]:
    nodes: list[tuple[object, ...]] = []
    cursor = tree.root.walk()
    while True:
        if (node := cursor.node) is not None:
            place = (node.start_byte, node.end_byte, tuple(node.start_point), node.is_missing)
            nodes.append((cursor.depth, node.type, *place))
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return nodes


@pytest.mark.parametrize("language_id", SAMPLES)
@settings(deadline=None, max_examples=40)
@given(turns=st.lists(CUTS, min_size=1, max_size=4))
def test_edited_is_as_parsed_afresh(language_id: str, turns: list[list[tuple[int, int, str]]]) -> None:
    text = SAMPLES[language_id]
    tree = parse(text, language(language_id))
    for cuts in turns:
        replacements = replacements_of(text, cuts)
        before = nodes_of(tree)
        text = apply(text, replacements)
        edited = tree.edited(replacements, text)
        fresh = parse(text, language(language_id))
        assert nodes_of(tree) == before
        assert edited.root.has_error == fresh.root.has_error
        if not fresh.root.has_error:
            assert nodes_of(edited) == nodes_of(fresh)
            assert edited.faults() == ()
        tree = edited


@pytest.mark.parametrize("language_id", SAMPLES)
@settings(deadline=None, max_examples=20)
@given(text=st.text(st.characters() | st.sampled_from("(){}[]<>\"'`\r\n\0"), max_size=300))
def test_any_text_has_a_tree_with_faults_inside_of_it(language_id: str, text: str) -> None:
    tree = parse(text, language(language_id))
    assert all(0 <= fault.span.start <= fault.span.end <= len(text) for fault in tree.faults())
    assert bool(tree.faults()) == bool(tree.fault_count)
