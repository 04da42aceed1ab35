from __future__ import annotations

import pytest

from tests.syntax.tables import (
    check_enclosing,
    check_faults,
    check_imports,
    check_outline,
    check_parts,
    needs_the_wheel_of,
)

LOCK = """\
using System;
using Core = A.B;

namespace Locks
{
    /// <summary>Ein Schloß.</summary>
    [Serializable]
    public class Lock<T> : Base, IGate where T : class
    {
        private int limit = 3, held;
        public event Action Freed;

        public Lock(int limit) { this.limit = limit; }

        public string Name { get; set; } = "é";
        public int Count => held;

        /** Waits. */
        public async Task<T> Acquire(int n, params T[] rest)
        {
            int Inner(int x) => x + n;
            return await Get(Inner(1));
        }

        public int this[int index] => index;
        public static Lock<T> operator +(Lock<T> a, Lock<T> b) => a;
        ~Lock() { }

        private enum State { Free, Held }
    }

    public interface IGate { void Open(); }
    public record Key(string Value);
    public struct Pin { public int N; }
    public delegate void Freed(int n);
}
"""


@pytest.fixture(autouse=True)
def _wheel() -> None:
    needs_the_wheel_of("csharp")


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param(LOCK.replace("return await", "ret$0urn await"), "Locks.Lock.Acquire", id="method"),
        pytest.param(LOCK.replace("x + n", "x +$0 n"), "Locks.Lock.Acquire.Inner", id="local-function"),
        pytest.param(LOCK.replace("Waits", "Wai$0ts"), "Locks.Lock.Acquire", id="comment-above"),
        pytest.param(LOCK.replace("[Serial", "[Se$0rial"), "Locks.Lock", id="attribute"),
        pytest.param(LOCK.replace("Ein", "Ei$0n"), "Locks.Lock", id="documentation"),
        pytest.param(LOCK.replace("limit = 3", "li$0mit = 3"), "Locks.Lock", id="field-belongs-to-its-class"),
        pytest.param(LOCK.replace("this.limit", "this.$0limit"), "Locks.Lock.Lock", id="constructor"),
        pytest.param(LOCK.replace("get;", "ge$0t;"), "Locks.Lock.Name", id="property"),
        pytest.param(LOCK.replace("=> held", "=> he$0ld"), "Locks.Lock.Count", id="arrow-property"),
        pytest.param(LOCK.replace("=> index", "=> in$0dex"), "Locks.Lock.this", id="indexer"),
        pytest.param(LOCK.replace("=> a;", "=> $0a;"), "Locks.Lock.+", id="operator"),
        pytest.param(LOCK.replace("~Lock() { }", "~Lock() { $0}"), "Locks.Lock.~", id="destructor"),
        pytest.param(LOCK.replace("Free,", "Fr$0ee,"), "Locks.Lock.State", id="enum"),
        pytest.param(LOCK.replace("Open()", "Op$0en()"), "Locks.IGate.Open", id="interface-method"),
        pytest.param(LOCK.replace("string Value", "str$0ing Value"), "Locks.Key", id="record"),
        pytest.param(LOCK.replace("using System", "using $0System"), None, id="import"),
        pytest.param(LOCK.replace("where T", "whe$0re T"), "Locks.Lock", id="constraint"),
        pytest.param("class A\r\n{\r\n    void F() { re$0turn; }\r\n}\r\n", "A.F", id="crlf"),
        pytest.param("class A { void F( { } void G() { re$0turn; } }", "A.G", id="broken-above"),
        pytest.param("", None, id="empty"),
    ],
)
def test_enclosing_symbol(marked: str, path: str | None) -> None:
    check_enclosing("csharp", marked if "$0" in marked else "$0", path)


def test_outline() -> None:
    check_outline(
        "csharp",
        LOCK,
        """
        namespace Locks
        class Locks.Lock
        field Locks.Lock.limit
        field Locks.Lock.held
        field Locks.Lock.Freed
        constructor Locks.Lock.Lock
        property Locks.Lock.Name
        property Locks.Lock.Count
        method Locks.Lock.Acquire
        function Locks.Lock.Acquire.Inner
        property Locks.Lock.this
        method Locks.Lock.+
        method Locks.Lock.~
        enum Locks.Lock.State
        interface Locks.IGate
        method Locks.IGate.Open
        record Locks.Key
        struct Locks.Pin
        field Locks.Pin.N
        type Locks.Freed
        """,
    )


def test_span_has_the_documentation_and_head_the_attributes() -> None:
    check_parts(
        "csharp",
        "class A {\n    /// Frees.\n    [Obsolete]\n    void Free(int n) { n = 1; }\n}\n",
        "A.Free",
        span="/// Frees.\n    [Obsolete]\n    void Free(int n) { n = 1; }",
        head="[Obsolete]\n    void Free(int n)",
        body=" n = 1; ",
    )


def test_imports() -> None:
    check_imports("csharp", LOCK, ["using System;", "using Core = A.B;"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LOCK, []),
        ("class A { void F() { int x = 1 } }", ["error int x = 1"]),
        ("class A { void F() { } ", ["error class A { void F() { }"]),
    ],
)
def test_faults(text: str, expected: list[str]) -> None:
    check_faults("csharp", text, expected)
