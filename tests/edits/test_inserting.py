"""``insert``: where new lines go, and how many blank lines part them."""

from __future__ import annotations

import pytest

from kimi_lsp.edits.errors import BadArguments, EditError, Uncertain
from kimi_lsp.edits.inserting import Insertion
from kimi_lsp.edits.searchable import Searchable
from kimi_lsp.edits.symbols import the_symbol
from kimi_lsp.edits.trees import Trees
from kimi_lsp.text.replacement import apply

LOCK = '''\
"""Locks."""

import os

LIMIT = 3


class Lock:
    """A lock."""

    held = False

    def acquire(self):
        """Take it."""
        self.held = True

    def release(self):
        self.held = False


def main():
    Lock()
'''
METHOD = "def more(self):\n    pass\n"
FUNCTION = "def more():\n    pass\n"


def inserted(text: str, symbol: str, where: str, new: str, path: str = "a.py") -> str:
    symbols = Trees().symbols(path, text)
    insertion = Insertion(Searchable(text), symbols, new, path.endswith(".py"))
    if not symbol:
        return apply(text, [insertion.into_file(where)])
    found = the_symbol(symbols, symbol, text)
    place = insertion.inside if where in ("start", "end") else insertion.beside
    return apply(text, [place(found, where)])


@pytest.mark.parametrize(
    ("symbol", "where", "new", "before", "after"),
    [
        pytest.param(
            "Lock.acquire",
            "after",
            METHOD,
            "= True\n\n",
            "    def more(self):\n        pass\n\n",
            id="after-a-method",
        ),
        pytest.param(
            "Lock.acquire",
            "before",
            METHOD,
            "held = False\n\n",
            "    def more(self):\n        pass\n\n",
            id="before-a-method",
        ),
        pytest.param(
            "Lock.release",
            "after",
            METHOD,
            "self.held = False\n",
            "\n    def more(self):\n        pass\n",
            id="after-the-last-method",
        ),
        pytest.param(
            "Lock", "before", FUNCTION, "LIMIT = 3\n\n\n", "def more():\n    pass\n\n\n", id="before-a-class"
        ),
        pytest.param(
            "Lock",
            "after",
            FUNCTION,
            "self.held = False\n\n\n",
            "def more():\n    pass\n\n\n",
            id="after-a-class",
        ),
        pytest.param(
            "main",
            "after",
            FUNCTION,
            "    Lock()\n",
            "\n\ndef more():\n    pass\n",
            id="after-the-last-function",
        ),
        pytest.param("LIMIT", "after", "MORE = 4\n", "LIMIT = 3\n", "MORE = 4\n", id="after-a-constant"),
        pytest.param("LIMIT", "before", "MORE = 4\n", "import os\n\n", "MORE = 4\n", id="before-a-constant"),
        pytest.param(
            "Lock.held", "after", "fair = True", "held = False\n", "    fair = True\n", id="after-a-field"
        ),
        pytest.param(
            "Lock",
            "start",
            METHOD,
            '"""A lock."""\n',
            "\n    def more(self):\n        pass\n",
            id="start-of-a-class",
        ),
        pytest.param(
            "Lock", "start", "fair = True", '"""A lock."""\n', "    fair = True\n", id="a-field-at-the-start"
        ),
        pytest.param(
            "Lock",
            "end",
            METHOD,
            "self.held = False\n",
            "\n    def more(self):\n        pass\n",
            id="end-of-a-class",
        ),
        pytest.param(
            "Lock.acquire",
            "start",
            "assert True",
            '"""Take it."""\n',
            "        assert True\n",
            id="start-of-a-method",
        ),
        pytest.param(
            "Lock.acquire",
            "end",
            "return 1\n",
            "self.held = True\n",
            "        return 1\n",
            id="end-of-a-method",
        ),
        pytest.param(
            "Lock.release",
            "start",
            "a\nb",
            "release(self):\n",
            "        a\n        b\n",
            id="without-a-docstring",
        ),
        pytest.param("", "start", "import sys", '"""Locks."""\n', "import sys\n", id="start-of-the-file"),
        pytest.param("", "start", "# Licence.", "", "# Licence.\n", id="a-comment-at-the-very-top"),
        pytest.param(
            "", "end", FUNCTION, "    Lock()\n", "\n\ndef more():\n    pass\n", id="end-of-the-file"
        ),
        pytest.param("", "end", "main()", "    Lock()\n", "main()\n", id="a-line-at-the-end-of-the-file"),
        pytest.param(
            "main",
            "after",
            "\n\n  def more():\n      pass\n\n",
            "    Lock()\n",
            "\n\ndef more():\n    pass\n",
            id="written-shifted",
        ),
    ],
)
def test_python(symbol: str, where: str, new: str, before: str, after: str) -> None:
    text = inserted(LOCK, symbol, where, new)
    assert text.replace(after, "", 1) == LOCK or before + after in text
    assert before + after in text
    assert len(text) == len(LOCK) + len(after)


@pytest.mark.parametrize(
    ("text", "symbol", "where", "new", "after"),
    [
        pytest.param(
            "class A {\n  f() {\n    g();\n  }\n}\n",
            "A",
            "end",
            "h() {\n  i();\n}",
            "class A {\n  f() {\n    g();\n  }\n\n  h() {\n    i();\n  }\n}\n",
            id="end-of-a-class",
        ),
        pytest.param(
            "class A {\n  f() {\n    g();\n  }\n}\n",
            "A",
            "start",
            "h() {\n  i();\n}",
            "class A {\n  h() {\n    i();\n  }\n\n  f() {\n    g();\n  }\n}\n",
            id="start-of-a-class",
        ),
        pytest.param(
            "class A {\n  f() {\n    g();\n  }\n}\n",
            "f",
            "start",
            "h();",
            "class A {\n  f() {\n    h();\n    g();\n  }\n}\n",
            id="start-of-a-method",
        ),
        pytest.param(
            "class A {\n}\n", "A", "end", "f() {\n}", "class A {\n    f() {\n    }\n}\n", id="an-empty-class"
        ),
        pytest.param(
            "class A {\n}\nif (x) {\n\ty();\n}\n",
            "A",
            "start",
            "f() {\n}",
            "class A {\n\tf() {\n\t}\n}\nif (x) {\n\ty();\n}\n",
            id="tabs",
        ),
        pytest.param(
            "function f() {\n}\nfunction g() {\n}\n",
            "f",
            "after",
            "function h() {\n}",
            "function f() {\n}\nfunction h() {\n}\nfunction g() {\n}\n",
            id="no-blank-lines-here",
        ),
        pytest.param(
            "function f() {\r\n}\r\n",
            "f",
            "after",
            "function h() {\n}",
            "function f() {\r\n}\r\n\r\nfunction h() {\r\n}\r\n",
            id="crlf",
        ),
        pytest.param(
            "function f() {\n}",
            "f",
            "after",
            "function h() {\n}",
            "function f() {\n}\n\nfunction h() {\n}",
            id="no-final-newline",
        ),
        pytest.param("\ufefff();", "", "start", "g();", "\ufeffg();\nf();", id="byte-order-mark"),
        pytest.param(
            "#!/usr/bin/env node\nf();\n",
            "",
            "start",
            "g();",
            "#!/usr/bin/env node\ng();\nf();\n",
            id="shebang",
        ),
        pytest.param("f();", "", "end", "g();", "f();\ng();", id="end-without-newline"),
        pytest.param("", "", "end", "g();", "g();\n", id="an-empty-file"),
        pytest.param("", "", "start", "g();", "g();\n", id="the-start-of-an-empty-file"),
        pytest.param("f();\n\n\n", "", "end", "g();", "f();\n\n\ng();\n", id="blank-lines-at-the-end"),
    ],
)
def test_javascript(text: str, symbol: str, where: str, new: str, after: str) -> None:
    assert inserted(text, symbol, where, new, "a.js") == after


@pytest.mark.parametrize(
    ("header", "new", "rest"),
    [
        pytest.param(
            '#!/bin/python\n# -*- coding: utf-8 -*-\n"""Doc.\n\nMore.\n"""\n',
            "import a",
            "x\n",
            id="docstring",
        ),
        pytest.param('"""Doc."""\n\nfrom __future__ import annotations\n', "import a", "\nx\n", id="future"),
        pytest.param(
            "from __future__ import (\n    annotations,\n)\n", "import a", "x\n", id="future-in-brackets"
        ),
        pytest.param("# Licence.\n'Doc.'\r\n", "import a", "x\n", id="docstring-in-single-quotes"),
        pytest.param("#!/bin/python\n# coding: utf-8\n", '"""Doc."""', "# Licence\nx\n", id="a-docstring"),
        pytest.param("", "import a", "# Licence\nx\n", id="nothing-to-be-below"),
    ],
)
def test_the_start_of_a_python_file(header: str, new: str, rest: str) -> None:
    style = "\r\n" if "\r" in header else "\n"
    assert inserted(header + rest, "", "start", new) == header + new + style + rest


@pytest.mark.parametrize(
    ("text", "symbol", "where", "new", "error", "why", "path"),
    [
        pytest.param(
            LOCK, "", "before", "x", BadArguments, "`before` needs a `symbol`", "a.py", id="no-symbol"
        ),
        pytest.param(LOCK, "main", "after", " \n", BadArguments, "text is empty", "a.py", id="no-text"),
        pytest.param(LOCK, "LIMIT", "start", "x", BadArguments, "`LIMIT` has no body", "a.py", id="no-body"),
        pytest.param(
            "def f(): pass\n", "f", "end", "x", Uncertain, "not on lines of its own", "a.py", id="one-line"
        ),
        pytest.param(
            "function f() { g(); }\n", "f", "start", "x", Uncertain, "not on lines", "a.js", id="in-braces"
        ),
        pytest.param(
            "function f() { g();\n}\n", "f", "start", "x", Uncertain, "not on lines", "a.js", id="half"
        ),
        pytest.param(
            "function f() {\n  g(); }\n", "f", "end", "x", Uncertain, "not on lines", "a.js", id="other-half"
        ),
        pytest.param(
            "a; function f() {\n}\n", "f", "before", "x", Uncertain, "shares a line", "a.js", id="beside"
        ),
        pytest.param(
            "function f() {\n} a;\n", "f", "after", "x", Uncertain, "shares a line", "a.js", id="behind"
        ),
    ],
)
def test_refused(
    text: str, symbol: str, where: str, new: str, error: type[EditError], why: str, path: str
) -> None:
    with pytest.raises(error, match=why):
        inserted(text, symbol, where, new, path)
