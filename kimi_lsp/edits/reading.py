"""The tools that only look, at the workspace as the job sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from kimi_lsp.edits import tools
from kimi_lsp.edits.endings import restyled
from kimi_lsp.edits.errors import BadArguments, EditError, NoSuchFile, PathRefused
from kimi_lsp.edits.job import Done, View
from kimi_lsp.edits.searchable import line_number
from kimi_lsp.edits.symbols import the_symbol
from kimi_lsp.text.endings import split_lines
from kimi_lsp.text.line_index import LineIndex

if TYPE_CHECKING:
    from kimi_lsp.syntax.outline import Symbol

MAX_LINES = 800
MAX_CHARACTERS = 40_000
MAX_FILES_LISTED = 200
MAX_FILES_OUTLINED = 40
MAX_FILES_SEARCHED = 5_000
MAX_CHARACTERS_SEARCHED = 50_000_000
MAX_TREES = 100
MAX_HITS = 60
LINE_SHOWN = 200
LINE_END = re.compile(r"\r|\n")


def read(view: View, arguments: tools.ReadArguments) -> Done:
    """Carry out ``read``. Raises ``EditError``, as all tools do."""
    path = view.overlay.canonical(arguments.path)
    text = view.overlay.text(path)
    lines = [line for line in split_lines(text) if line]
    first, last, what = 1, len(lines), path
    if arguments.symbol:
        symbol = the_symbol(view.trees.symbols(path, text), arguments.symbol, text, focus=view.focus_in(path))
        first, last = line_number(text, symbol.span.start), line_number(text, max(symbol.span.end - 1, 0))
        what = f"{symbol.path} in {path}"
    elif arguments.start_line is not None or arguments.end_line is not None:
        first = max(arguments.start_line or 1, 1)
        last = min(len(lines) if arguments.end_line is None else arguments.end_line, len(lines))
        if first > last:
            raise BadArguments(
                f"{path} has {len(lines)} lines; {first} to {arguments.end_line or last} are none of them."
            )
    shown = "".join(_within_limits(lines[first - 1 : last]))
    end = first + len([line for line in split_lines(shown) if line]) - 1
    more = f" Ask for the rest by start_line {end + 1}." if end < last else ""
    header = f"{what}, lines {first}-{end} of {len(lines)}.{more}\n" if lines else f"{path} is empty.\n"
    return Done(header + restyled(shown, "\n"), f"reading {what}")


def outline(view: View, arguments: tools.OutlineArguments) -> Done:
    """Carry out ``outline``."""
    path = arguments.path.strip().removeprefix("./").rstrip("/")
    if path not in ("", ".") and _is_file(view, path):
        path = view.overlay.canonical(path)
        text = view.overlay.text(path)
        symbols = view.trees.symbols(path, text)
        listed = (
            "\n".join(_symbol_lines(symbols, text)) or "There is no outline of this kind of file. Use `read`."
        )
        return Done(f"{path}:\n{listed}", f"reading the outline of {path}")
    folder = "" if path in ("", ".") else f"{path}/"
    files = [name for name in islice(view.overlay.files(), MAX_FILES_SEARCHED) if name.startswith(folder)]
    if not files:
        raise NoSuchFile(path, f"There is no file or folder {path} with anything in it that may be read.")
    entries = [_file_line(view, name, with_symbols=at < MAX_FILES_OUTLINED) for at, name in enumerate(files)]
    more = f"\nand {len(files) - MAX_FILES_LISTED} more files" if len(files) > MAX_FILES_LISTED else ""
    return Done("\n".join(entries[:MAX_FILES_LISTED]) + more, f"listing {path or 'the workspace'}")


def find(view: View, arguments: tools.FindArguments) -> Done:
    """Carry out ``find``."""
    wanted = arguments.name or arguments.text
    if not wanted.strip() or (arguments.name and arguments.text):
        raise BadArguments("find needs either `name` or `text`, and it must not be empty.")
    hits = _named(view, arguments) if arguments.name else _texts(view, arguments)
    found = list(islice(hits, MAX_HITS + 1))
    if not found:
        return Done(f"`{wanted}` does not occur.", f"looking for {wanted}")
    more = "\nThere are more: narrow the search with `glob`." if len(found) > MAX_HITS else ""
    return Done("\n".join(found[:MAX_HITS]) + more, f"looking for {wanted}")


def problems(view: View, arguments: tools.ProblemsArguments) -> Done:
    """Carry out ``problems``."""
    path = view.overlay.canonical(arguments.path)
    view.overlay.snapshot(path)
    known = list(view.problems(path)) if view.problems is not None else []
    staged, reported = path in view.overlay.staged, view.reported.get(path)
    fresh = reported is not None and reported.text == view.overlay.text(path)
    if reported is not None:
        found = {(each.line, each.code) for each in reported.diagnostics}
        older = [] if staged else [each for each in known if (each.line, each.code) not in found]
        known = [*older, *reported.diagnostics]
    note = " They were reported before your edits." if known and staged and not fresh else ""
    listed = "\n".join(str(problem) for problem in known[:MAX_HITS]) or f"No problem is known in {path}."
    return Done(listed + note, f"reading the problems of {path}")


def _is_file(view: View, path: str) -> bool:
    try:
        return view.overlay.exists(path)
    except PathRefused:
        return False


def _within_limits(lines: list[str]) -> Iterator[str]:
    characters = 0
    for line in lines[:MAX_LINES]:
        characters += len(line)
        if characters > MAX_CHARACTERS and characters > len(line):
            return
        yield line


def _symbol_lines(symbols: tuple[Symbol, ...], text: str) -> Iterator[str]:
    for symbol in symbols:
        first, last = line_number(text, symbol.span.start), line_number(text, max(symbol.span.end - 1, 0))
        yield f"{symbol.path} ({symbol.kind}, {f'line {first}' if first == last else f'lines {first}-{last}'})"


def _file_line(view: View, path: str, *, with_symbols: bool) -> str:
    if not with_symbols:
        return path
    try:
        symbols = view.trees.symbols(path, view.overlay.text(path))
    except EditError:
        return path
    names = [symbol.name for symbol in symbols if symbol.path == symbol.name]
    return f"{path}: {', '.join(names[:20])}" if names else path


def _texts(view: View, arguments: tools.FindArguments) -> Iterator[str]:
    for path, text in _files_with(view, arguments.text, arguments.glob):
        lines, at = LineIndex(text), 0
        while (hit := text.find(arguments.text, at)) >= 0:
            line = lines.line_at(hit)
            yield _hit(path, line + 1, text, hit)
            at = lines.line_span(line).end
            if at <= hit:
                break


def _named(view: View, arguments: tools.FindArguments) -> Iterator[str]:
    """Definitions first, then references; of a file without a grammar the first place with the name."""
    from kimi_lsp.syntax.outline import references

    later: list[str] = []
    for path, text in islice(_files_with(view, arguments.name, arguments.glob), MAX_TREES):
        symbols = view.trees.symbols(path, text)
        defined = [symbol for symbol in symbols if symbol.name == arguments.name]
        for symbol in defined:
            yield f"{_hit(path, line_number(text, symbol.name_span.start), text, symbol.name_span.start)}  <- defined"
        tree = view.trees.of(path, text)
        if tree is None:
            offsets = [text.find(arguments.name)]
        else:
            names = {symbol.name_span for symbol in defined}
            offsets = [span.start for span in references(tree, arguments.name) if span not in names]
        later += (_hit(path, line_number(text, at), text, at) for at in offsets[:MAX_HITS])
        if len(later) > MAX_HITS:
            break
    yield from later


def _files_with(view: View, wanted: str, glob: str) -> Iterator[tuple[str, str]]:
    characters = 0
    for path in islice(view.overlay.files(glob), MAX_FILES_SEARCHED):
        try:
            text = view.overlay.text(path)
        except EditError:
            continue
        characters += len(text)
        if characters > MAX_CHARACTERS_SEARCHED:
            return
        if wanted in text:
            yield path, text


def _hit(path: str, number: int, text: str, at: int) -> str:
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    line = text[start : start + 4 * LINE_SHOWN].lstrip()
    return f"{path}:{number}: {re.split(LINE_END, line)[0].rstrip()[:LINE_SHOWN]}"
