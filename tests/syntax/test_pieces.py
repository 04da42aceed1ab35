"""What a text in pieces says is what its one tree would say, wherever it says anything; and its trees stay small."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.syntax import cutting, pieces
from kimi_lsp.syntax.comments import comment_at
from kimi_lsp.syntax.errors import ParseBudgetExceeded
from kimi_lsp.syntax.imports import imported
from kimi_lsp.syntax.outline import IMPORTING, enclosing_at, outline, references
from kimi_lsp.syntax.pieces import TreeInPieces
from kimi_lsp.syntax.tree import tree_of
from kimi_lsp.syntax.usage import uses
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span
from tests.syntax import tables
from tests.syntax.samples import SAMPLES
from tests.syntax.tables import language, needs_the_wheel_of
from tests.syntax.test_imported import CASES
from tests.syntax.test_tree_laws import CUTS, replacements_of

FLAT_SAMPLES = {
    **{name: text for name, text in SAMPLES.items() if name in pieces.FLAT},
    "css": "/* é */\n@media print { .lock { color: red } }\n\n.key > a { margin: 0 }\n",
    "dart": "/// Schön.\nclass Lock {\n  int n = 1;\n  int f(int a) => a;\n}\n\nint g(int a) {\n  return a;\n}\n",
    "lua": "-- é\nlocal function f(a)\n  return a\nend\n\nfunction M.g(a)\n  return [[ x ]]\nend\n",
    "ruby": "# é\nclass Lock\n  def f(a)\n    @a = a\n  end\nend\n\ndef g = 1\n",
    "shellscript": "# é\nf() {\n  cat <<EOF\n$1 {\nEOF\n}\n\ng() { echo 1; }\n",
    "swift": "/// Schön.\nclass Lock {\n  var n = 1\n  func f(_ a: Int) -> Int { return a }\n}\n\nfunc g() {}\n",
    "typescript": "interface I<T> { a?: number }\n\nexport function f(a: string): void\nexport function f(a) {}\n",
    "javascriptreact": "export const A = ({ a }) => <b c={1}>é {a}</b>;\n\nfunction f() { return null; }\n",
    "zig": "/// Schön.\npub fn f(a: u8) u8 {\n    return a;\n}\n\nconst Lock = struct { n: u8 };\n",
}


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    """All sizes a sixty-fourth of what they are."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((cutting, "WINDOW"), (cutting, "WIDEST"), (pieces, "WIDEST"), (pieces, "READY")):
            patch.setattr(module, name, getattr(module, name) // 64)
        yield


def parsed(language_id: str, text: str) -> TreeInPieces:
    needs_the_wheel_of(language_id)
    tree = pieces.parse(text, language(language_id))
    assert isinstance(tree, TreeInPieces)
    assert sum(piece.length for piece in tree.pieces) == len(tree.source)
    return tree


def repeated(language_id: str, size: int = 20_000) -> str:
    sample = FLAT_SAMPLES[language_id]
    return "".join(sample + "\n" * (number % 5 + 1) for number in range(size // len(sample) + 1))


def python(functions: int) -> str:
    return "\n\n".join(f"def f{n}(x):\n    # comment {n}\n    return g(x)\n" for n in range(functions))


def test_every_flat_language_has_a_sample() -> None:
    assert set(FLAT_SAMPLES) == pieces.FLAT


@pytest.mark.parametrize("language_id", sorted(pieces.FLAT))
def test_the_outline_is_that_of_the_one_tree(language_id: str) -> None:
    text = repeated(language_id)
    tree, one = parsed(language_id, text), tables.tree(language_id, text)
    assert len(tree.pieces) > 20
    assert all(piece.parsed for piece in tree.pieces)
    assert outline(tree) == outline(one)
    assert imported(tree) == imported(one)
    assert tree.faults() == one.faults() == ()


@pytest.mark.parametrize("language_id", sorted(pieces.FLAT))
def test_a_place_is_in_the_symbol_that_the_one_tree_says(language_id: str) -> None:
    text = repeated(language_id)
    tree, one = parsed(language_id, text), tables.tree(language_id, text)
    for offset in range(0, len(text), 97):
        assert enclosing_at(tree, offset) == enclosing_at(one, offset)
        assert comment_at(tree, offset) == comment_at(one, offset)


@pytest.mark.parametrize(
    ("language_id", "text", "_expected"), [case for case in CASES if case[0] in pieces.FLAT]
)
def test_no_import_is_in_a_piece_that_is_not_looked_into(language_id: str, text: str, _expected: str) -> None:
    needs_the_wheel_of(language_id)
    found = imported(tables.tree(language_id, text))
    assert found
    assert all(IMPORTING.search(one.span.of(text).encode()) for one in found)


def test_a_text_of_which_nothing_is_left() -> None:
    text = python(400)
    tree = parsed("python", text).edited([Replacement(Span(0, len(text)), "")], "")
    assert (outline(tree), imported(tree), tree.faults()) == ((), (), ())
    assert (enclosing_at(tree, 0), comment_at(tree, 0)) == (None, None)
    assert tree.edited([Replacement(Span(0, 0), text)], text).faults() == ()


def test_what_is_used_and_referred_to_is_what_the_one_tree_says() -> None:
    text = python(400)
    tree, one = parsed("python", text), tables.tree("python", text)
    assert references(tree, "g") == references(one, "g")
    for symbol in outline(one)[::50]:
        assert uses(tree, symbol.span) == uses(one, symbol.span)


@pytest.mark.parametrize("language_id", sorted(pieces.FLAT))
@settings(deadline=None, max_examples=10)
@given(turns=st.lists(st.tuples(CUTS, st.integers(0, 19_000)), min_size=1, max_size=3))
def test_an_edited_text_has_the_pieces_of_one_that_is_cut_afresh(
    language_id: str, turns: list[tuple[list[tuple[int, int, str]], int]]
) -> None:
    text = repeated(language_id)
    tree = parsed(language_id, text)
    for cuts, moved in turns:
        replacements = replacements_of(text, [(moved + at, length, new) for at, length, new in cuts])
        text = apply(text, replacements)
        edited = tree.edited(replacements, text)
        fresh = parsed(language_id, text)
        assert edited.pieces == fresh.pieces
        assert edited.faults() == fresh.faults()
        assert edited.fault_count == len(edited.faults(10**9))
        tree = edited


def test_a_key_costs_a_few_windows_and_no_tree_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = sizes_of_trees(monkeypatch)
    text = python(3_000)
    tree = parsed("python", text)
    assert max(sizes) <= cutting.WIDEST
    sizes.clear()
    for start in range(1_000, len(text), 20_000):
        at = text.index("g(x)", start)
        replacements = [Replacement(Span(at, at), "x")]
        enclosing_at(tree.edited(replacements, apply(text, replacements)), at)
        assert sum(sizes) <= 24 * cutting.WINDOW
        sizes.clear()


def test_only_the_latest_trees_of_pieces_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = sizes_of_trees(monkeypatch)
    tree = parsed("python", python(400))
    for offset in range(0, len(tree.text), 50):
        enclosing_at(tree, offset)
        assert len(tree._latest) <= pieces.KEPT
    sizes.clear()
    assert enclosing_at(tree, 100) == enclosing_at(tree, 101)
    assert len(sizes) <= 1


def test_what_is_open_to_the_end_is_left_out_and_comes_back() -> None:
    text = "\n\n".join(f'def f{n}(x):\n    """What {n} does."""\n    return x\n' for n in range(1_000))
    tree = parsed("python", text)
    before = tree.pieces
    opened = tree.edited([Replacement(Span(0, 0), '"""')], f'"""{text}')
    assert enclosing_at(opened, len(text) // 2) is None
    middle = len(text) // 2
    typed = opened.edited(
        [Replacement(Span(middle, middle), "x")], apply(opened.text, [Replacement(Span(middle, middle), "x")])
    )
    assert sum(piece.length for piece in typed.pieces) == len(typed.source)
    closed = opened.edited([Replacement(Span(0, 3), "")], text)
    assert closed.pieces == before


def test_a_node_that_is_too_large_is_left_out_with_what_follows_and_not_what_precedes() -> None:
    table = "TABLE = [\n" + "    1,\n" * 10_000 + "]\n\n\n"
    text = f"{python(100)}\n\n{table}{python(100)}"
    tree = parsed("python", text)
    assert not tree.pieces[-1].parsed
    known = outline(tree)
    assert 50 <= len(known) <= 101
    assert known == outline(tables.tree("python", text))[: len(known)]
    assert enclosing_at(tree, len(text) - 20) is None
    assert comment_at(tree, len(text) - 20) is None
    assert tree.faults() == ()


def test_a_long_piece_has_its_tree_from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "\n".join(f"    def m{n}(self): pass" for n in range(300))
    text = f"{python(200)}\n\nclass Long:\n{body}\n\n\n{python(200)}"
    tree = parsed("python", text)
    sizes = sizes_of_trees(monkeypatch)
    found = enclosing_at(tree, text.index("m200(") + 1)
    assert found is not None
    assert found.path == "Long.m200"
    assert sizes == []


def test_a_budget_is_kept() -> None:
    with pytest.raises(ParseBudgetExceeded):
        pieces.parse(python(2_000), language("python"), budget_s=0.0)


def test_small_texts_and_other_languages_have_one_tree() -> None:
    for language_id, text in (("python", python(3)), ("java", "class A { }\n" * 3_000)):
        needs_the_wheel_of(language_id)
        tree = pieces.parse(text, language(language_id))
        assert not isinstance(tree, TreeInPieces)
        assert not pieces.is_outgrown(tree, text)
    assert pieces.is_outgrown(pieces.parse("", language("python")), python(1_000))


def sizes_of_trees(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes of each tree that is made from now on."""
    sizes: list[int] = []
    made = tree_of

    def counted(source: bytes, *args: Any) -> Any:
        if len(args) == 4:
            sizes.extend(part.end_byte - part.start_byte for part in args[3])
        return made(source, *args)

    monkeypatch.setattr(cutting, "tree_of", counted)
    return sizes
