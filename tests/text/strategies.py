"""What texts, positions and sets of replacements hypothesis tries."""

from __future__ import annotations

from hypothesis import strategies as st

from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

# What goes wrong: every ending, what only ``str.splitlines`` takes for one, one to four bytes, a lone surrogate.
CHARACTERS = "ab (\n\r\f\v\x1c\x85\u2028é漢😀\U0010fffd\ud83d\ude00\ufeff"
ENCODINGS = st.sampled_from(("utf-8", "utf-16", "utf-32"))

texts = st.lists(st.sampled_from([*CHARACTERS, "\r\n", "ab\n", "ab\r\n"]), max_size=30).map("".join)
code = st.lists(
    st.sampled_from(["x", "foo", "bar", " ", "    ", "(", ")", "\n", "}\n", "\r\n"]), max_size=25
).map("".join)


@st.composite
def replacements(draw: st.DrawFn, text: str, written: st.SearchStrategy[str]) -> tuple[Replacement, ...]:
    """A set of replacements of ``text``, of up to four, some of them adjacent or without effect."""
    borders = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = zip(borders[::2], borders[1::2], strict=False)
    return tuple(Replacement(Span(start, end), draw(written)) for start, end in pairs)


@st.composite
def logs(draw: st.DrawFn, text: str, written: st.SearchStrategy[str]) -> list[Replacement]:
    """Up to eight replacements, each of the text that the one before left."""
    log: list[Replacement] = []
    for _ in range(draw(st.integers(0, 8))):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        if draw(st.booleans()):
            end = min(end, start + 2)
        log.append(Replacement(Span(start, end), draw(written)))
        text = text[:start] + log[-1].text + text[end:]
    return log
