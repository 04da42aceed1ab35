"""``replace_symbol``: the definition around ``$0`` is replaced, in many languages and at many depths."""

from __future__ import annotations

import pytest

from kimi_lsp.edits.errors import Ambiguous, BadArguments, EditError, NoSuchSymbol, Uncertain
from kimi_lsp.edits.replacing import replace_symbol
from kimi_lsp.edits.searchable import Searchable
from kimi_lsp.edits.symbols import the_symbol
from kimi_lsp.edits.trees import Trees
from kimi_lsp.text.replacement import apply
from kimi_lsp.text.span import Span

LOCK = """\
# Two locks.
class Lock:
    held = False

    @property
    def name(self) -> str:
        return "lock"

    # Takes it.
    def acquire(self):
        if self.held:
            return False
        return True


def main():
    Lock().acquire()
"""


def replaced(text: str, symbol: str, new_source: str, path: str) -> str:
    source = Searchable(text)
    trees = Trees()
    found = the_symbol(trees.symbols(path, text), symbol, text)
    language = trees.language(path)
    assert language is not None
    return apply(text, [replace_symbol(source, found, new_source, language)])


ACQUIRE = LOCK[LOCK.index("    def acquire") : LOCK.index("\n\ndef main")]
NEW = '    def acquire(self):\n        """Now."""\n        return True\n'


@pytest.mark.parametrize(
    "new_source",
    [
        pytest.param(NEW, id="as-in-the-file"),
        pytest.param('def acquire(self):\n    """Now."""\n    return True\n', id="at-the-margin"),
        pytest.param(NEW.lstrip(), id="only-the-first-line-at-the-margin"),
        pytest.param(f"\n\n{NEW}\n\n", id="blank-lines-around"),
        pytest.param(NEW.replace("\n", "\r\n"), id="crlf"),
        pytest.param('  def acquire(self):\n      """Now."""\n      return True', id="shifted"),
        pytest.param('\tdef acquire(self):\n\t\t"""Now."""\n\t\treturn True', id="tabs"),
    ],
)
def test_the_indentation_is_adapted(new_source: str) -> None:
    assert replaced(LOCK, "Lock.acquire", new_source, "a.py") == LOCK.replace(ACQUIRE, NEW)


def test_a_comment_above_stays_unless_there_is_a_new_one() -> None:
    assert "# Takes it.\n    def acquire(self): ...\n" in replaced(
        LOCK, "acquire", "def acquire(self): ...", "a.py"
    )
    after = replaced(LOCK, "acquire", "# Now.\ndef acquire(self): ...", "a.py")
    assert "    # Now.\n    def acquire(self): ...\n" in after
    assert "Takes it" not in after


def test_decorators_are_a_part_of_it() -> None:
    after = replaced(LOCK, "Lock.name", '@cached_property\ndef name(self) -> str:\n    return "x"\n', "a.py")
    assert '    @cached_property\n    def name(self) -> str:\n        return "x"\n\n    # Takes' in after
    assert "@property" not in after


def test_decorators_are_not_lost_by_being_forgotten() -> None:
    with pytest.raises(Uncertain, match=r"`Lock\.name` has decorators or attributes \(`@property`\)"):
        replaced(LOCK, "Lock.name", 'def name(self) -> str:\n    return "x"\n', "a.py")
    with_comment = replaced(
        LOCK, "Lock.name", '# No property.\ndef name(self) -> str:\n    return "x"\n', "a.py"
    )
    assert "@property" not in with_comment


def test_a_whole_class() -> None:
    after = replaced(LOCK, "Lock", "class Lock:\n    def acquire(self):\n        return True\n", "a.py")
    assert after == (
        "# Two locks.\nclass Lock:\n    def acquire(self):\n        return True\n"
        "\n\ndef main():\n    Lock().acquire()\n"
    )


@pytest.mark.parametrize(
    ("path", "text", "symbol", "new_source", "after"),
    [
        pytest.param(
            "a.ts",
            "export class A {\n  f(): void {\n    g();\n  }\n}\n",
            "A.f",
            "f(): void {\n  h();\n}",
            "export class A {\n  f(): void {\n    h();\n  }\n}\n",
            id="typescript-at-the-margin",
        ),
        pytest.param(
            "a.ts",
            "class A {\n  f(): void {\n    g();\n  }\n}\n",
            "A.f",
            "f(): void {\n    h();\n  }",
            "class A {\n  f(): void {\n    h();\n  }\n}\n",
            id="typescript-first-line-at-the-margin",
        ),
        pytest.param(
            "a.rs",
            "impl A {\n    /// Doc.\n    #[inline]\n    fn f(&self) {\n        g();\n    }\n}\n",
            "A.f",
            "#[inline]\nfn f(&self) {\n    h();\n}\n",
            "impl A {\n    /// Doc.\n    #[inline]\n    fn f(&self) {\n        h();\n    }\n}\n",
            id="rust",
        ),
        pytest.param(
            "a.go",
            "package a\n\nfunc f() {\n\tg()\n}\n",
            "f",
            "func f() {\n\th()\n}",
            "package a\n\nfunc f() {\n\th()\n}\n",
            id="go",
        ),
        pytest.param(
            "a.java",
            "class A {\r\n    void f() {\r\n        g();\r\n    }\r\n}\r\n",
            "A.f",
            "void f() {\n    h();\n    i();\n}",
            "class A {\r\n    void f() {\r\n        h();\r\n        i();\r\n    }\r\n}\r\n",
            id="crlf",
        ),
        pytest.param(
            "a.js",
            "a; function f() { g(); }\n",
            "f",
            "function f() { h(); }",
            "a; function f() { h(); }\n",
            id="inside-a-line",
        ),
    ],
)
def test_languages(path: str, text: str, symbol: str, new_source: str, after: str) -> None:
    assert replaced(text, symbol, new_source, path) == after


METHOD = "    def f(self):\n        pass\n"
TWO = f"class A:\n{METHOD}\n\nclass B:\n{METHOD}\n    def g(self):\n        pass\n"


@pytest.mark.parametrize(
    ("wanted", "error", "why"),
    [
        pytest.param("f", Ambiguous, r"2 definitions match `f` \(lines 2, 7: A\.f, B\.f\)", id="two"),
        pytest.param(
            "A.g", NoSuchSymbol, r"no definition `A\.g` in the file. Did you mean .*`B\.g`", id="alike"
        ),
        pytest.param("zzz", NoSuchSymbol, r"There are: A, A\.f, B, B\.f, B\.g\.", id="nothing-alike"),
    ],
)
def test_no_one_symbol(wanted: str, error: type[EditError], why: str) -> None:
    with pytest.raises(error, match=why):
        the_symbol(Trees().symbols("a.py", TWO), wanted, TWO)


def test_the_focus_tells_which() -> None:
    symbols = Trees().symbols("a.py", TWO)
    at = TWO.index("class B")
    assert the_symbol(symbols, "f", TWO, focus=Span(at, len(TWO))).path == "B.f"
    inside = TWO.index("def f", at)
    assert the_symbol(symbols, "f", TWO, focus=Span(inside, inside)).path == "B.f"
    with pytest.raises(Ambiguous):
        the_symbol(symbols, "f", TWO, focus=Span(0, len(TWO)))
    with pytest.raises(Ambiguous):
        the_symbol(symbols, "f", TWO, focus=Span(len(TWO), len(TWO)))


def test_many_names_are_cut_short() -> None:
    text = "".join(f"def name_{n}():\n    pass\n" for n in range(30))
    with pytest.raises(NoSuchSymbol, match=r"name_19 and 10 more\."):
        the_symbol(Trees().symbols("a.py", text), "zzz", text)


def test_no_outline() -> None:
    with pytest.raises(BadArguments, match="no outline"):
        the_symbol((), "f", "")


def test_an_empty_source_is_no_way_to_delete() -> None:
    with pytest.raises(BadArguments, match="new_source is empty"):
        replaced(LOCK, "Lock.acquire", " \n", "a.py")


def test_indentation_that_cannot_be_told() -> None:
    text = "class A:\n     def f(self):\n          pass\n"
    with pytest.raises(Uncertain, match="indent it with the same kind"):
        replaced(text, "A.f", "\tdef f(self):\n\t\t\tpass\n", "a.py")
