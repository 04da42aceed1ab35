from __future__ import annotations

import pytest

from tests.syntax.tables import check_enclosing, check_faults, check_imports, check_outline, check_parts

LOCK = '''\
import os

LIMIT = 3


class Lock(Base):
    """A lock."""

    kind = "file"

    @property
    @cached
    def holder(self) -> str:  # who
        return self._holder

    @holder.setter
    def holder(self, value): ...

    async def acquire(self):
        def inner():
            return os

        return inner


def free(lock,
         force=False):
    # nothing to do
    return LIMIT
'''


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param("class Lock:\n    def ac$0quire(self): ...", "Lock.acquire", id="method"),
        pytest.param("$0x = 1", None, id="no-symbol"),
        pytest.param("class Lock:\n    lim$0it = 3", "Lock", id="field-belongs-to-its-class"),
        pytest.param(
            "class Lock:\n  $0  def acquire(self): ...", "Lock.acquire", id="white-space-before-def"
        ),
        pytest.param("class Lock:\n    @pro$0perty\n    def x(self): ...", "Lock.x", id="decorator"),
        pytest.param(
            "@dataclass(\n\n  $0\n)\nclass Lock:\n    x = 1", "Lock", id="blank-line-in-a-decorator"
        ),
        pytest.param("def f(): pass  # no$0qa", "f", id="comment-behind"),
        pytest.param("def f(): pass$0", "f", id="end-of-text"),
        pytest.param("def f(): pass\n$0", None, id="next-line"),
        pytest.param("def f():\n    def g():\n        retu$0rn 1\n    return g", "f.g", id="nested-function"),
        pytest.param(
            "def f():\n    def g():\n        return 1\n    retu$0rn g", "f", id="after-nested-function"
        ),
        pytest.param("def f():\n    x = {\n        'a': 1$0\n    }\n", "f", id="inside-a-literal"),
        pytest.param("async def f():\n    awa$0it g()", "f", id="async"),
        pytest.param("if x:\n    def f():\n        pa$0ss", "f", id="under-if"),
        pytest.param("class A:\n    class B:\n        def f(self): $0...", "A.B.f", id="nested-class"),
        pytest.param("class A:\n$0    def f(self):\n        pass\n$0", "A.f", id="whole-lines-selected"),
        pytest.param(
            "class A:\n    def f(self): $0...\n    def g(self): .$0..", "A", id="selection-over-two"
        ),
        pytest.param("é = '😀'\ndef f():\n    return '😀$0'", "f", id="not-ascii"),
        pytest.param("class A:\r\n    def f(self):\r\n        re$0turn 1\r\n", "A.f", id="crlf"),
        pytest.param("\ufeffdef f():\n    pa$0ss", "f", id="byte-order-mark"),
        pytest.param("def f():\n    x = (\n\ndef g():\n    pa$0ss\n", "g", id="broken-above"),
        pytest.param("", None, id="empty"),
    ],
)
def test_enclosing_symbol(marked: str, path: str | None) -> None:
    check_enclosing("python", marked, path)


def test_outline_has_paths_in_document_order() -> None:
    check_outline(
        "python",
        LOCK,
        """
        variable LIMIT
        class Lock
        field Lock.kind
        method Lock.holder
        method Lock.holder
        method Lock.acquire
        function Lock.acquire.inner
        function free
        """,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("x: int = 1\ny = z = 2\na.b = 3", "variable x\nvariable y", id="assignments"),
        pytest.param("type Pair[T] = tuple[T, T]", "type Pair", id="type-alias"),
        pytest.param(
            "def f():\n    x = 1\n    class A: pass", "function f\nclass f.A", id="locals-are-left-out"
        ),
        pytest.param(
            "if a:\n    def f(): pass\nelse:\n    def f(): pass", "function f\nfunction f", id="twice"
        ),
        pytest.param("class A\n    def f(self): pass\n\ndef g(): pass", "class A\nfunction g", id="broken"),
        pytest.param("", "", id="empty"),
    ],
)
def test_outline(text: str, expected: str) -> None:
    check_outline("python", text, expected)


def test_span_has_the_decorators_and_head_ends_before_the_body() -> None:
    check_parts(
        "python",
        "class A:\n    @staticmethod\n    def f(a,\n          b):  # why\n        # first\n        return 1\n",
        "A.f",
        span="@staticmethod\n    def f(a,\n          b):  # why\n        # first\n        return 1",
        head="@staticmethod\n    def f(a,\n          b):",
        body="return 1",
    )


def test_head_of_a_value_is_its_first_line() -> None:
    check_parts("python", "X = [\n  1,\n]\n", "X", span="X = [\n  1,\n]", head="X = [", body=None)


def test_a_comment_above_stays_outside() -> None:
    check_parts("python", "# why\ndef f(): pass\n", "f", span="def f(): pass", head="def f():", body="pass")


def test_imports() -> None:
    text = (
        "from __future__ import annotations\nimport a, b\nfrom c import (\n  d,\n)\ndef f():\n    import e\n"
    )
    expected = ["from __future__ import annotations", "import a, b", "from c import (\n  d,\n)", "import e"]
    check_imports("python", text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("def f():\n    return 1\n", [], id="clean"),
        pytest.param("f(1", ["error f(1"], id="bracket"),
        pytest.param("é = 1\nx = y[\nz = 1\n", ["error = y[\nz"], id="after-non-ascii"),
        pytest.param("x = 1 +\n", ["error x = 1 +"], id="operator"),
        pytest.param("def f(:\n    pass\n", ["missing ) at 6"], id="parameters"),
        pytest.param("x = $\ny = 2\n", ["error $"], id="character"),
    ],
)
def test_faults(text: str, expected: list[str]) -> None:
    check_faults("python", text, expected)
