"""Scripts and styles in markup, fences in Markdown: code of one language inside of a text of another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from kimi_lsp.syntax.outline import enclosing, enclosing_at, outline, references
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span
from tests.syntax.tables import (
    check_enclosing,
    check_faults,
    check_outline,
    language,
    names_used,
    needs_the_wheel_of,
    tree,
)
from tests.syntax.test_tree_laws import CUTS, nodes_of, replacements_of

HTML = """\
<div id="main">é
<script>
function free(x) { return held(x); }
</script>
<style>p { color: red }</style>
</div>
<script type="module">
import { free } from "./lock";
free(1);
</script>
"""
MARKDOWN = """\
# Usage

```python title="é"
def free(x):
    return held(x)
```

> ## Quoted
>
> ```js
> function acquire() {
>   return 1;
> }
> ```

- A list
  ```html
  <script>const n = () => 1;</script>
  ```
"""
VUE = """\
<script setup lang="ts">
import Lock from "./Lock.vue";
const free = (x: Key) => x;
</script>
<template>
  <Lock v-if="open" @click="free" />
</template>
"""
TEXTS = {"html": HTML, "markdown": MARKDOWN, "vue": VUE}


@pytest.mark.parametrize(
    ("language_id", "marked", "path"),
    [
        ("html", "<script>\nfunction f() { re$0turn 1 }\n</script>", "f"),
        ("html", "<script>function f() {}$0</script>", "f"),
        ("html", "<script>$0function f() {}</script>", "f"),
        ("html", "<script>\n$0\nfunction f() {}\n</script>", "script"),
        ("html", "<style>p { co$0lor: red }</style>", "p"),
        ("html", "<script type='text/template'>\nfunction f() { $0 }\n</script>", "script"),
        ("html", "<script type='application/json'>{\"a\": [1, $02]}</script>", "a"),
        ("html", "<script lang='ts'>interface A { n: $0T }</script>", "A"),
        ("html", "<style lang='scss'>p { a { $0 } }</style>", "style"),
        ("markdown", "# A\n```py\nclass B:\n    def f(self): $0pass\n```\n", "B.f"),
        ("markdown", "# A\n```py\nx = 1\n```\nte$0xt\n", "A"),
        ("markdown", "# A\n```\ndef f(): $0pass\n```\n", "A"),
        ("markdown", "# A\n```unknown\ndef f(): $0pass\n```\n", "A"),
        ("markdown", "> ```js\n> function f() {\n>   $0\n> }\n> ```\n", "f"),
        ("markdown", "```html\n<script>function f() { $0 }</script>\n```\n", "f"),
        ("svelte", "<script>\nfunction f() { $0 }\n</script>\n<p>{f()}</p>", "f"),
    ],
)
def test_enclosing_symbol(language_id: str, marked: str, path: str | None) -> None:
    needs_the_wheel_of(language_id)
    check_enclosing(language_id, marked, path)


@pytest.mark.parametrize(
    ("language_id", "expected"),
    [
        (
            "html",
            "element main\nelement main.script\nfunction free\nelement main.style\nrule p\nelement script",
        ),
        (
            "markdown",
            "section Usage\nfunction free\nsection Usage.Quoted\nfunction acquire\nelement script\nfunction n",
        ),
        ("vue", "element script\nfunction free"),
    ],
)
def test_outline(language_id: str, expected: str) -> None:
    needs_the_wheel_of(language_id)
    text = TEXTS[language_id]
    said = [f"{symbol.kind} {symbol.path}" for symbol in outline(tree(language_id, text))]
    if language_id == "markdown":
        said.remove("section Usage.Quoted") if "section Usage.Quoted" in said else None
        expected = expected.replace("section Usage.Quoted\n", "")
    assert said == expected.split("\n")


@pytest.mark.parametrize(("language_id", "count"), [("html", 3), ("markdown", 1), ("vue", 2)])
def test_references(language_id: str, count: int) -> None:
    needs_the_wheel_of(language_id)
    text = TEXTS[language_id]
    assert [span.of(text) for span in references(tree(language_id, text), "free")] == ["free"] * count


@pytest.mark.parametrize(
    ("language_id", "expected"),
    [("html", ("held", "free")), ("markdown", ("held",)), ("vue", ("Lock", "Key", "open", "free"))],
)
def test_names_used(language_id: str, expected: tuple[str, ...]) -> None:
    needs_the_wheel_of(language_id)
    text = TEXTS[language_id]
    assert names_used(tree(language_id, text), Span(0, len(text))) == expected


@pytest.mark.parametrize(
    ("language_id", "text", "expected"),
    [
        ("html", "<p>é</p><script>f(1</script>", ["error f(1"]),
        ("html", "<style>p { color }</style>", ["error color"]),
        ("html", "<script type='text/x'>f(1</script>", []),
        ("markdown", "```python\nf(1\n...\n```\n", []),
        ("markdown", "```json\n{ // why\n```\n", []),
        ("vue", "<template><p v-for='a in b' @click='x = '/></template>", []),
        ("vue", "<script lang='ts'>let a: = 1</script>", ["error ="]),
    ],
)
def test_faults(language_id: str, text: str, expected: list[str]) -> None:
    needs_the_wheel_of(language_id)
    check_faults(language_id, text, expected)


def test_faults_are_in_document_order_and_limited() -> None:
    needs_the_wheel_of("html")
    parsed = tree("html", "<script>f(1</script><p></q><script>f(2</script>" * 5)
    assert list(parsed.faults()) == sorted(parsed.faults(), key=lambda fault: fault.span)
    assert parsed.faults(limit=4) == parsed.faults()[:4]
    assert parsed.fault_count == len(parsed.faults())


@pytest.mark.parametrize("language_id", TEXTS)
@settings(deadline=None, max_examples=25)
@given(cuts=CUTS)
def test_edited_is_as_parsed_afresh(language_id: str, cuts: list[tuple[int, int, str]]) -> None:
    needs_the_wheel_of(language_id)
    text = TEXTS[language_id]
    before = parse(text, language(language_id))
    outline(before)
    replacements = replacements_of(text, cuts)
    after = apply(text, replacements)
    edited, fresh = before.edited(replacements, after), parse(after, language(language_id))
    if nodes_of(edited) == nodes_of(fresh):
        assert [nodes_of(layer) for layer in edited.layers()] == [nodes_of(layer) for layer in fresh.layers()]
        assert outline(edited) == outline(fresh)
        assert edited.faults() == fresh.faults()
    else:
        assert edited.root.has_error == fresh.root.has_error
    symbols = outline(edited)
    for offset in range(0, len(after) + 1, 5):
        assert enclosing_at(edited, offset) == enclosing(symbols, Span(offset, offset))


def test_an_edit_inside_of_a_script() -> None:
    needs_the_wheel_of("html")
    at = HTML.index("held")
    replacement = Replacement(Span(at, at + 4), "grün")
    edited = tree("html", HTML).edited([replacement], apply(HTML, [replacement]))
    assert "grün" in names_used(edited, Span(0, len(edited.text)))
    check_outline(
        "html", edited.text, "\n".join(f"{one.kind} {one.path}" for one in outline(tree("html", HTML)))
    )


def test_many_and_large_pieces_are_bounded() -> None:
    needs_the_wheel_of("markdown")
    parsed = tree("markdown", "```python\ndef f(): pass\n```\n" * 1000)
    assert 100 < len(outline(parsed)) <= 300
    assert len(outline(tree("markdown", "```python\n" + "def f(): pass\n" * 40_000 + "```\n"))) == 0
