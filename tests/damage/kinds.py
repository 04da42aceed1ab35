"""The kinds of damage: each makes of a clean edit what a model might send, or of the file what it might have become.

What is right is decided here, before anything is tried: a text, or None where only a refusal is right. Where a kind
touches both ``old`` and ``new``, the model writes in its own way all along, and what it did not mean to change must
stay as the file has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent, indent

from tests.damage.sources import Target


@dataclass(frozen=True, slots=True)
class Case:
    """An edit to try on ``text``; ``wanted`` is the right result, None for a refusal."""

    kind: str
    name: str
    path: str
    text: str
    old: str
    new: str
    wanted: str | None


Damage = Callable[[Target], Iterator[tuple[str, str, str, str, "str | None"]]]
"""Gives ``(name, text, old, new, wanted)``."""


def cases(target: Target) -> Iterator[Case]:
    """Every kind of damage, done to one edit."""
    for damage in KINDS:
        kind = damage.__name__.replace("_", " ")
        for name, text, old, new, wanted in damage(target):
            yield Case(kind, f"{target.language}: {name}", target.path, text, old, new, wanted)


def exact(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    yield "as it stands", t.text, t.old, t.new, t.wanted
    yield "no final newline on either", t.text, t.old[:-1], t.new[:-1], t.wanted
    yield "stripped", t.text, t.old.strip(), t.new.strip(), t.wanted


def re_indented(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    extra = "\t" if t.language == "go" else "    "
    yield "deeper", t.text, indent(t.old, extra), indent(t.new, extra), t.wanted
    yield "odd", t.text, indent(t.old, "  "), indent(t.new, "  "), t.wanted
    yield "inserted in a deeper block", *_wrapped(t, "    " if t.language != "go" else "\t")


def dedented(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    yield "to the margin", t.text, dedent(t.old), dedent(t.new), t.wanted
    yield "to the margin, stripped", t.text, dedent(t.old).strip(), dedent(t.new).strip(), t.wanted
    line = next(line for line in t.old.splitlines(keepends=True) if "note(" in line)
    wanted = t.text.replace(line, line + line.replace("note(", "note2("))
    bare = line.lstrip()
    yield "old alone", t.text, dedent(t.old), t.new, None
    yield "one line to two", t.text, bare, bare + bare.replace("note(", "note2("), wanted


def tabs_and_spaces(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    width = {"javascript": 2, "typescript": 2}.get(t.language, 4)
    old, new = (_retabbed(text, width, to_tabs=t.language != "go") for text in (t.old, t.new))
    yield "the other kind", t.text, old, new, t.wanted
    other = _retabbed(t.text, width, to_tabs=t.language != "go")
    wanted = _retabbed(t.wanted, width, to_tabs=t.language != "go")
    yield "the file is of the other kind", other, t.old, t.new, wanted


def rescaled(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    if t.language != "go":
        up = t.language in ("javascript", "typescript")
        yield "twice or half", t.text, _scaled(t.old, up=up), _scaled(t.new, up=up), t.wanted


def trailing_space(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    yield "on old alone", t.text, _trailed(t.old), t.new, t.wanted
    yield "on both", t.text, _trailed(t.old), _trailed(t.new), t.wanted
    trailed = t.text.replace(t.old, _trailed(t.old))
    line = _changed(t)
    wanted = _replaced(trailed, t.start, f"{line[0]}  \n", f"{line[1]}\n")
    yield "in the file alone", trailed, t.old, t.old.replace(line[0], line[1]), wanted


def blank_lines(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    yield "missing in old", t.text, t.old.replace("\n\n", "\n"), t.new, t.wanted
    yield "missing in both", t.text, t.old.replace("\n\n", "\n"), t.new.replace("\n\n", "\n"), t.wanted
    yield (
        "doubled in both",
        t.text,
        t.old.replace("\n\n", "\n\n\n"),
        t.new.replace("\n\n", "\n\n\n"),
        t.wanted,
    )
    yield "with white space in old", t.text, t.old.replace("\n\n", "\n   \n"), t.new, t.wanted
    yield (
        "with white space in both",
        t.text,
        t.old.replace("\n\n", "\n   \n"),
        t.new.replace("\n\n", "\n   \n"),
        t.wanted,
    )
    yield "one before and after in both", t.text, f"\n{t.old}\n", f"\n{t.new}\n", t.wanted


def crlf(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    dos = t.text.replace("\n", "\r\n")
    wanted = t.wanted.replace("\n", "\r\n")
    yield "in the file", dos, t.old, t.new, wanted
    yield "in the edit", t.text, t.old.replace("\n", "\r\n"), t.new.replace("\n", "\r\n"), t.wanted
    yield "in the file, and dedented", dos, dedent(t.old), dedent(t.new), wanted
    half = len(t.text[: t.start].splitlines()) + 2
    mixed = "".join(line.replace("\n", "\r\n" if at < half else "\n") for at, line in _lines(t.text))
    line, other = _changed(t)
    yield (
        "mixed in the file",
        mixed,
        t.old,
        t.old.replace(line, other),
        _replaced(mixed, t.start + half - 2, line, other),
    )


def unicode_line_ends(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    for name, sign in (("U+2028", "\u2028"), ("U+0085", "\x85"), ("form feed", "\f"), ("vertical tab", "\v")):
        text, old, new, wanted = (
            part.replace('note("', f'note("{sign}') for part in (t.text, t.old, t.new, t.wanted)
        )
        yield f"{name} in the lines", text, old, new, wanted


def ambiguous(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    twice = t.text.replace(t.method, t.method + t.method)
    yield "the same method twice", twice, t.old, t.new, None
    yield "the same method twice, dedented", twice, dedent(t.old), dedent(t.new), None
    extra = "\t" if t.language == "go" else "    "
    deeper = t.text.replace(t.method, t.method + indent(t.method, extra))
    yield "and once more deeper, both shifted", deeper, dedent(t.old), dedent(t.new), None


def stale(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    line, other = _changed(t)
    yield "a line has changed", t.text.replace(line, line.replace("limit", "bound")), t.old, t.new, None
    lines = t.old.splitlines(keepends=True)
    yield "a line has gone", t.text.replace(t.old, "".join(lines[1:])), t.old, t.new, None
    yield (
        "a line has come",
        t.text.replace(t.old, "".join([*lines[:2], lines[0], *lines[2:]])),
        t.old,
        t.new,
        None,
    )
    yield "applied already", t.wanted, t.old, t.new, None
    yield "another line, dedented", t.text.replace(line, other), dedent(t.old), dedent(t.new), None


def twin_nearby(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    gone = t.text.replace(t.method, "")
    yield "the target is gone", gone, t.old, t.new, None
    yield "the target is gone, dedented", gone, dedent(t.old), dedent(t.new), None
    near = t.text.replace(t.method, t.method.replace("total", "totals"))
    yield "it is spelt otherwise", near, t.old, t.new, None
    lines = t.old.splitlines(keepends=True)
    swapped = t.text.replace(t.old, "".join([*lines[-2:], *lines[:-2]]))
    yield "its lines are in another order", swapped, t.old, t.new, None


def end_of_file(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    end = t.start + len(t.old)
    cut, wanted = t.text[:end], t.wanted[: t.start + len(t.new)]
    yield "the block ends the file", cut, t.old, t.new, wanted
    yield "without a final newline", cut[:-1], t.old, t.new, wanted[:-1]
    yield "without a final newline, none in the edit", cut[:-1], t.old[:-1], t.new[:-1], wanted[:-1]
    yield "without a final newline, dedented", cut[:-1], dedent(t.old), dedent(t.new), wanted[:-1]


def doubly_escaped(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    def escaped(text: str) -> str:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"').replace("\t", "\\t")

    yield "wholly", t.text, escaped(t.old), escaped(t.new), t.wanted
    yield "quotes alone", t.text, t.old.replace('"', '\\"'), t.new.replace('"', '\\"'), t.wanted


def quotes_folded(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    typeset = re.sub(r'"([^"\n]*)"', '"it\u2019s \\1 \u2014\u00a0ok"', t.old)
    text = t.text.replace(t.old, typeset)
    line, other = _changed(t)
    folded = str.maketrans({"\u2014": "-", "\u00a0": " ", "\u2019": "'"})
    wanted = _replaced(text, t.start, line, other)
    yield (
        "in the file",
        text,
        typeset.translate(folded),
        typeset.replace(line, other).translate(folded),
        wanted,
    )
    new = typeset.replace('ok"', 'well"')
    wanted = _replaced(text, t.start, typeset, new)
    yield "in the line that changes", text, typeset.translate(folded), new.translate(folded), wanted
    smart = str.maketrans({'"': "\u201d"})
    yield "made by the model", t.text, t.old.translate(smart), t.new.translate(smart), t.wanted
    doubled = new.translate(folded).replace("ok", "ok - it's")
    yield (
        "and one more of them",
        text,
        typeset.translate(folded),
        doubled.replace("well", "it's - well"),
        None,
    )


def left_out(t: Target) -> Iterator[tuple[str, str, str, str, str | None]]:
    mark = "#" if t.language == "python" else "//"
    lines = t.old.splitlines(keepends=True)
    space = re.match(r"\s*", lines[0])
    margin = space[0] if space else ""
    yield "in old", t.text, f"{lines[0]}{margin}{mark} ...\n{lines[-1]}", t.new, None
    yield (
        "in new",
        t.text,
        t.old,
        f"{lines[0]}{margin}{mark} ... rest of the code unchanged\n{lines[-1]}",
        None,
    )
    yield (
        "in new, said otherwise",
        t.text,
        t.old,
        f"{lines[0]}{margin}{mark} existing code remains the same\n",
        None,
    )


KINDS: tuple[Damage, ...] = (
    exact,
    re_indented,
    dedented,
    tabs_and_spaces,
    rescaled,
    trailing_space,
    blank_lines,
    crlf,
    unicode_line_ends,
    ambiguous,
    stale,
    twin_nearby,
    end_of_file,
    doubly_escaped,
    quotes_folded,
    left_out,
)


def _changed(t: Target) -> tuple[str, str]:
    """The first line of the target that changes, and what it becomes, without line endings."""
    pairs = zip(t.old.splitlines(), t.new.splitlines(), strict=False)
    return next((old, new) for old, new in pairs if old != new)


def _replaced(text: str, start: int, old: str, new: str) -> str:
    """``text`` with the first ``old`` from ``start`` on replaced."""
    at = text.index(old, start)
    return text[:at] + new + text[at + len(old) :]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return enumerate(text.splitlines(keepends=True))


def _wrapped(t: Target, extra: str) -> tuple[str, str, str, str | None]:
    """The file has the block one level deeper, in a bare block of its own; the model did not see that."""
    opening = {"python": "if True:\n", "go": "{\n", "rust": "{\n"}.get(t.language, "{\n")
    first = t.old.splitlines()[0]
    margin = first[: len(first) - len(first.lstrip())]
    closing = "" if t.language == "python" else f"{margin}}}\n"

    def deeper(block: str) -> str:
        return margin + opening + indent(block, extra) + closing

    return t.text.replace(t.old, deeper(t.old)), t.old, t.new, t.text.replace(t.old, deeper(t.new))


def _retabbed(text: str, width: int, *, to_tabs: bool) -> str:
    if not to_tabs:
        return text.expandtabs(width)
    return re.sub(r"(?m)^ +", lambda match: "\t" * (len(match[0]) // width), text)


def _scaled(text: str, *, up: bool) -> str:
    return re.sub(r"(?m)^ +", lambda match: " " * (len(match[0]) * 2 if up else len(match[0]) // 2), text)


def _trailed(text: str) -> str:
    return re.sub(r"(?m)(?<=\S)$", "  ", text)
