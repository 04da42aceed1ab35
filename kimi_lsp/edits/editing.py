"""The tools that change something, each from its arguments to what it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kimi_lsp.edits import tools
from kimi_lsp.edits.edit import Edit
from kimi_lsp.edits.errors import NoChange
from kimi_lsp.edits.inserting import Insertion
from kimi_lsp.edits.job import Done, View
from kimi_lsp.edits.ladder import EXACT
from kimi_lsp.edits.lost_symbols import Step
from kimi_lsp.edits.replacing import replace_symbol as replacement_of_symbol
from kimi_lsp.edits.resolve import locate
from kimi_lsp.edits.searchable import Searchable, line_number
from kimi_lsp.edits.symbols import the_symbol
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kimi_lsp.syntax.outline import Symbol


def edit(view: View, arguments: tools.EditArguments) -> Done:
    """Carry out ``edit``. Raises ``EditError``, as all tools do."""
    path = view.overlay.canonical(arguments.path)
    source = view.source(path)
    wanted = Edit(arguments.old_string, arguments.new_string, arguments.replace_all)
    found = locate(source, wanted, focus=view.focus_in(path))
    note = "" if found.rung == EXACT else f" old_string did not match exactly ({found.rung}); it was adapted."
    step = Step(source.text, tuple(replacement.span for replacement in found.replacements))
    return _edited(view, path, step, found.replacements, note)


def replace_symbol(view: View, arguments: tools.ReplaceSymbolArguments) -> Done:
    """Carry out ``replace_symbol``."""
    path = view.overlay.canonical(arguments.path)
    source = view.source(path)
    symbol = _symbol(view, path, source, arguments.symbol)
    language = view.trees.language(path)
    assert language is not None, "a file with an outline has a language"
    replacement = replacement_of_symbol(source, symbol, arguments.new_source, language)
    return _edited(view, path, Step(source.text, named=(symbol.name,)), [replacement])


def insert(view: View, arguments: tools.InsertArguments) -> Done:
    """Carry out ``insert``."""
    path = view.overlay.canonical(arguments.path)
    source = view.source(path)
    language = view.trees.language(path)
    python = language is not None and language.id == "python"
    insertion = Insertion(source, view.trees.symbols(path, source.text), arguments.text, python)
    if not arguments.symbol:
        replacement = insertion.into_file(arguments.where)
    else:
        symbol = _symbol(view, path, source, arguments.symbol)
        place = insertion.inside if arguments.where in ("start", "end") else insertion.beside
        replacement = place(symbol, arguments.where)
    return _edited(view, path, Step(source.text), [replacement])


def create_file(view: View, arguments: tools.CreateFileArguments) -> Done:
    """Carry out ``create_file``."""
    path = view.overlay.canonical(arguments.path)
    view.guards.check_new_text(path, "", arguments.content)
    view.guards.check_size(path, arguments.content)
    overlay = view.overlay.created(path, arguments.content)
    whole = Replacement(Span(0, 0), arguments.content)
    return Done(f"Created {path}.", f"creating {path}", overlay, path, Step(""), (whole,))


def rename_file(view: View, arguments: tools.RenameFileArguments) -> Done:
    """Carry out ``rename_file``."""
    path, new_path = (view.overlay.canonical(name) for name in (arguments.path, arguments.new_path))
    if path == new_path:
        raise NoChange(f"{path} has that name already.")
    overlay = view.overlay.renamed(path, new_path)
    return Done(f"Renamed {path} to {new_path}.", f"renaming {path} to {new_path}", overlay, path)


def delete_file(view: View, arguments: tools.DeleteFileArguments) -> Done:
    """Carry out ``delete_file``."""
    path = view.overlay.canonical(arguments.path)
    return Done(f"Deleted {path}.", f"deleting {path}", view.overlay.deleted(path), path)


def _symbol(view: View, path: str, source: Searchable, wanted: str) -> Symbol:
    symbols = view.trees.symbols(path, source.text)
    return the_symbol(symbols, wanted, source.text, focus=view.focus_in(path))


def _edited(view: View, path: str, step: Step, replacements: Sequence[Replacement], note: str = "") -> Done:
    before = step.text
    for replacement in replacements:
        view.guards.check_new_text(path, replacement.span.of(before), replacement.text)
    after = apply(before, replacements)
    if after == before:
        raise NoChange(f"{path} is already like that: there is nothing to change.")
    overlay = view.overlay.written(path, after)
    lines = [line_number(before, replacement.span.start) for replacement in replacements]
    places = f"line {lines[0]}" if len(lines) == 1 else f"{len(lines)} places, from line {lines[0]}"
    content = f"Edited {path} at {places}.{note}"
    return Done(content, f"editing {path}", overlay, path, step, tuple(reversed(replacements)))
