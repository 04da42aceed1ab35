"""What guards an edit guards it in a very large file, too, whose tree is in pieces."""

from __future__ import annotations

import pytest

from kimi_lsp.edits.errors import LostSymbol, SyntaxBroken
from kimi_lsp.edits.guards import Guards
from kimi_lsp.edits.lost_symbols import Step
from kimi_lsp.edits.trees import Trees
from kimi_lsp.syntax import pieces
from kimi_lsp.syntax.pieces import TreeInPieces
from kimi_lsp.syntax.registry import by_id
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span

PATH = "a.py"
TEXT = "".join(f"def f{i}(x):\n    return g(x, {i})\n\n\n" for i in range(30_000))
LINE = "    return g(x, 15000)\n"


def check(old: str, new: str) -> None:
    language = by_id("python")
    assert language is not None
    trees = Trees()
    trees.know(PATH, tree := pieces.parse(TEXT, language))
    assert isinstance(tree, TreeInPieces)
    at = TEXT.index(old)
    replacement = Replacement(Span(at, at + len(old)), new)
    after = apply(TEXT, [replacement])
    Guards().check_file(PATH, [Step(TEXT)], [replacement], after, trees, excused=lambda _name: False)
    assert isinstance(trees.of(PATH, after), TreeInPieces)


def test_a_right_edit_passes() -> None:
    check(LINE, "    return [g(x, 1)]\n")


@pytest.mark.parametrize(
    "new", ["    return g(x,, 15000)\n", "    return [g(x, 15000)\n", "    retur g(x, 15000))\n"]
)
def test_a_broken_edit_is_refused(new: str) -> None:
    with pytest.raises(SyntaxBroken, match="line 60002"):
        check(LINE, new)


def test_a_lost_definition_is_refused() -> None:
    with pytest.raises(LostSymbol, match="`f15000`"):
        check(f"def f15000(x):\n{LINE}", "VALUE = 1\n")


def test_what_opens_a_string_up_to_the_end_is_refused() -> None:
    with pytest.raises((SyntaxBroken, LostSymbol)):
        check("def f0(x):", 'def f0(x, y="""):')
