import asyncio
from typing import Any

import pytest
import tree_sitter

from kimi_lsp.server.documents import Documents, OpenDocument
from kimi_lsp.server.trees import Trees
from kimi_lsp.syntax.outline import enclosing_at
from kimi_lsp.syntax.pieces import TreeInPieces
from tests.syntax.test_pieces import sizes_of_trees

URI = "file:///w/a.py"
ONE_TRY_IS_NOT_ENOUGH = "".join(f"def f{i}(x):\n    return x + {i}\n\n\n" for i in range(20_000))


def opened(text: str) -> tuple[Documents, OpenDocument]:
    documents = Documents()
    return documents, documents.did_open(URI, "python", 1, text)


def typed(documents: Documents, version: int, text: str) -> None:
    place = {"line": 0, "character": 0}
    change = {"range": {"start": place, "end": place}, "text": text}
    documents.did_change({"textDocument": {"uri": URI, "version": version}, "contentChanges": [change]})


def test_the_tree_is_that_of_the_text_whatever_the_client_counts() -> None:
    documents, document = opened("x = 1\n")
    trees = Trees()
    for version in (1, 1, 0, 7, 7):
        typed(documents, version, "y = 2\n")
        tree = trees.at_once(document)
        assert tree is not None
        assert tree.text == document.snapshot.text
        assert trees.at_once(document) is tree


async def test_a_large_document_is_parsed_behind_from_its_opening() -> None:
    documents, document = opened(ONE_TRY_IS_NOT_ENOUGH)
    trees = Trees()
    trees.opened(document)
    begin = asyncio.get_running_loop().time()
    assert trees.at_once(document) is None
    assert asyncio.get_running_loop().time() - begin < 0.02
    typed(documents, 2, "z = 3\n")
    tree = await trees.complete(document)
    assert tree is not None
    assert tree.text == document.snapshot.text


MIDDLING = ONE_TRY_IS_NOT_ENOUGH[:120_000]


async def test_a_menu_never_waits_for_a_triple_quote_at_the_top_and_the_next_one_has_the_tree(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    documents, document = opened(MIDDLING)
    trees = Trees()
    trees.opened(document)
    assert await trees.complete(document) is not None
    monkeypatch.setattr("kimi_lsp.server.trees.MENU_BUDGET_S", 0.0)
    typed(documents, 2, '"""')
    begin = asyncio.get_running_loop().time()
    assert trees.at_once(document) is None
    assert asyncio.get_running_loop().time() - begin < 0.1
    tree = await trees.complete(document)
    assert tree is not None
    assert trees.at_once(document) is tree
    assert tree.text == document.snapshot.text
    assert tree.faults()


@pytest.mark.parametrize("text", [MIDDLING, ONE_TRY_IS_NOT_ENOUGH])
async def test_what_was_asked_during_a_parse_is_there_without_being_asked_again(text: str) -> None:
    documents, document = opened(text)
    trees = Trees()
    trees.opened(document)
    typed(documents, 2, "y = 2\n")
    assert trees.at_once(document) is None
    typed(documents, 3, "z = 3\n")
    while trees._parsing:
        await asyncio.sleep(0.005)
    tree = trees.at_once(document)
    assert tree is not None
    assert tree.text == document.snapshot.text


async def test_a_text_that_cannot_be_parsed_has_no_tree_and_nobody_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*args: Any) -> None:
        raise MemoryError

    documents, document = opened(ONE_TRY_IS_NOT_ENOUGH)
    trees = Trees()
    with monkeypatch.context() as patch:
        patch.setattr(tree_sitter, "Parser", fail)
        trees.opened(document)
        assert await asyncio.wait_for(trees.complete(document), 5) is None
    assert trees.at_once(document) is None
    typed(documents, 2, "z = 3\n")
    assert await trees.complete(document) is not None


VERY_LARGE = "".join(f"def f{i}(x):\n    return g(x, {i})\n\n\n" for i in range(40_000))


async def test_no_large_tree_is_made_or_freed_while_somebody_types_in_a_very_large_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = sizes_of_trees(monkeypatch)
    documents, document = opened(VERY_LARGE)
    trees = Trees()
    trees.opened(document)
    assert await trees.complete(document) is not None
    assert max(sizes) <= 64 * 1024
    sizes.clear()
    for version in range(2, 12):
        typed(documents, version, "x = 1\n")
        tree = await trees.complete(document)
        assert tree is not None
        assert tree.text == document.snapshot.text
        symbol = enclosing_at(tree, len(tree.text) // 2)
        assert symbol is not None
        assert symbol.kind == "function"
    assert sum(sizes) <= 10 * 8 * 32 * 1024


async def test_a_text_that_becomes_very_large_is_kept_in_pieces_from_then_on() -> None:
    documents, document = opened("x = 1\n")
    trees = Trees()
    assert not isinstance(await trees.complete(document), TreeInPieces)
    typed(documents, 2, VERY_LARGE)
    assert isinstance(await trees.complete(document), TreeInPieces)


async def test_no_grammar_no_tree() -> None:
    document = Documents().did_open("file:///w/a.xyz", "xyz", 1, ONE_TRY_IS_NOT_ENOUGH)
    trees = Trees()
    trees.opened(document)
    assert await trees.complete(document) is None
