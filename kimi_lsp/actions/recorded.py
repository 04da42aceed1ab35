"""A job as a recording holds it: what was asked, what it saw of the workspace, what came of it.

Beside the lines of ``model/recording.py`` a job's file has one for each question that the job asked the workspace:

* ``source``     ``asked``, ``path``, ``language_id``, ``text``: a file that was read, and that the policy allowed
* ``absent``     ``asked``, ``path``, ``kind`` (``Missing`` or ``Refused``), ``told``: one that was not
* ``listing``    ``glob``, ``paths``: the files that were looked through
* ``creatable``  ``asked``, ``told``: whether a file may be made there; ``told`` is empty where it may
* ``known``      what the index and the workspace told of the place, and how tokens were guessed (``tokens_factor``)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from kimi_lsp import __version__
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.custom import PREFIX
from kimi_lsp.actions.updates import Done
from kimi_lsp.context.estimate import Estimate
from kimi_lsp.context.knowledge import Knowledge
from kimi_lsp.edits.overlay import Workspace
from kimi_lsp.model.recording import BadRecording
from kimi_lsp.settings import Settings, merge
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic
from kimi_lsp.workspace.errors import Missing, Refused, WorkspaceError

KNOWN = "known"
_SECTIONS = ("limits", "edits", "context")
_WITHOUT = {"edits": ("apply", "confirm"), "context": ("index",)}
"""Settings that make no difference to what a job does."""


def about(task: Task, settings: Settings, model: str, price: Mapping[str, float] | None) -> dict[str, Any]:
    """What a job was asked, and the settings that it went by; never a key, never an address.

    ``price`` is that of ``model`` as the setting ``prices`` would give it, None where it is unknown.
    """
    kept = {section: _plain(settings, section) for section in _SECTIONS}
    kept["model"] = {"max_tokens": settings.model.max_tokens, "tag": settings.model.tag}
    own = task.action.id.removeprefix(PREFIX)
    if own in settings.actions.custom and own != task.action.id:
        kept["actions"] = {"custom": {own: msgspec.to_builtins(settings.actions.custom[own])}}
    return {
        "kimi_lsp": __version__,
        "action": task.action.id,
        "tools": task.action.tools,
        "path": task.path,
        "span": [task.span.start, task.span.end],
        "diagnostic": None if task.diagnostic is None else dataclasses.asdict(task.diagnostic),
        "others": [dataclasses.asdict(diagnostic) for diagnostic in task.others],
        "instruction": task.instruction,
        "material": task.material,
        "images": task.images,
        "model": model,
        "price": price,
        "settings": kept,
    }


def task_of(said: Mapping[str, Any]) -> Task:
    """The task that ``about`` described; recordings of before 2026-11-23 say less.

    Raises:
        BadRecording: it describes none, or an action that there is no more.
    """
    try:
        action = by_id(said["action"], settings_of(said)[0].actions)
        return Task(
            action=dataclasses.replace(action, tools=tuple(said.get("tools", action.tools))),
            path=said["path"],
            span=Span(*said["span"]),
            diagnostic=None if said["diagnostic"] is None else _diagnostic(said["diagnostic"]),
            instruction=said["instruction"],
            images=tuple(said.get("images", ())),
            others=tuple(map(_diagnostic, said.get("others", ()))),
            material=said.get("material", ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError, msgspec.MsgspecError) as error:
        raise BadRecording(f"It does not say what was asked: {error}.") from error


def known_of(entries: Iterable[Mapping[str, Any]]) -> tuple[Knowledge, Estimate]:
    """What was known to the job; nothing in recordings of before 2026-11-23.

    Raises:
        BadRecording: the line lacks a field.
    """
    try:
        said = next((dict(entry) for entry in entries if entry["type"] == KNOWN), None)
        if said is None:
            return Knowledge(), Estimate()
        factor = float(said.pop("tokens_factor", 1.0))
        return msgspec.convert(said, Knowledge), Estimate(factor)
    except (KeyError, TypeError, ValueError, AttributeError, msgspec.MsgspecError) as error:
        raise BadRecording(f"The line of what was known cannot be read: {error}.") from error


def settings_of(said: Mapping[str, Any]) -> tuple[Settings, tuple[str, ...]]:
    """The settings that ``about`` described, and a sentence for each one that is refused today."""
    settings, refused = merge(Settings(), said.get("settings"))
    prices = {str(said.get("model")): said["price"]} if said.get("price") else {}
    priced, refused_price = merge(settings, {"prices": prices})
    return priced, (*refused, *refused_price)


def outcome_of(done: Done) -> dict[str, Any]:
    """The end of a run in plain values: ``name`` is ``done`` or ``ended early``."""
    return {
        "name": "done" if done.complete else "ended early",
        "reason": done.reason,
        "answer": done.answer,
        "diff": done.changeset.diff(),
        "verified": None if done.verified is None else done.verified.text,
        "turns": done.turns,
        "usage": dataclasses.asdict(done.spent.usage),
        "cost_usd": None if done.spent.cost is None else float(done.spent.cost),
    }


class Watched:
    """A workspace that tells what it was asked and answered, each question once."""

    def __init__(self, workspace: Workspace, tell: Callable[..., None]) -> None:
        """``tell`` is called with the line's type and its fields."""
        self._workspace = workspace
        self._tell = tell
        self._asked: set[tuple[str, str]] = set()
        self.exists = workspace.exists

    def snapshot(self, path: str) -> Snapshot:
        """As ``Workspace.snapshot``."""
        try:
            found = self._workspace.snapshot(path)
        except WorkspaceError as error:
            kind = type(error).__name__
            self._once("absent", path, asked=path, path=error.path, kind=kind, told=str(error))
            raise
        language = found.language_id
        self._once("source", path, asked=path, path=found.path, language_id=language, text=found.text)
        return found

    def may_create(self, path: str) -> None:
        """As ``Workspace.may_create``."""
        try:
            self._workspace.may_create(path)
        except WorkspaceError as error:
            self._once("creatable", path, asked=path, told=str(error))
            raise
        self._once("creatable", path, asked=path, told="")

    def files(self, glob: str = "") -> Iterator[str]:
        """As ``Workspace.files``; told when the last path was taken, or nobody wants more."""
        paths: list[str] = []
        try:
            for path in self._workspace.files(glob):
                paths.append(path)
                yield path
        finally:
            self._once("listing", glob, glob=glob, paths=paths)

    def _once(self, type_: str, key: str, /, **fields: Any) -> None:
        if (type_, key) not in self._asked:
            self._asked.add((type_, key))
            self._tell(type_, **fields)


class Remembered:
    """The workspace as a recorded job saw it; what it did not ask for is not there."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """``entries`` are the lines of a recording.

        Raises:
            BadRecording: one of them lacks a field.
        """
        self._known: dict[tuple[str, str], Mapping[str, Any]] = {}
        try:
            for entry in entries:
                if entry["type"] in ("source", "absent"):
                    self._known.setdefault(("file", entry["asked"]), entry)
                elif entry["type"] in ("listing", "creatable"):
                    self._known.setdefault((entry["type"], entry.get("glob", entry.get("asked"))), entry)
        except (KeyError, TypeError) as error:
            raise BadRecording(f"A line of the workspace lacks {error}.") from error

    def snapshot(self, path: str) -> Snapshot:
        """As ``Workspace.snapshot``."""
        entry = self._known.get(("file", path))
        if entry is None or (entry["type"] == "absent" and entry["kind"] == "Missing"):
            raise Missing(path if entry is None else entry["path"])
        if entry["type"] == "absent":
            raise Refused(entry["path"], entry["told"])
        return Snapshot.of(entry["path"], entry["text"], language_id=entry["language_id"])

    def exists(self, path: str) -> bool:
        """As ``Workspace.exists``."""
        return self._known.get(("file", path), {}).get("type") == "source"

    def may_create(self, path: str) -> None:
        """As ``Workspace.may_create``."""
        if told := self._known.get(("creatable", path), {}).get("told"):
            raise Refused(path, told)

    def files(self, glob: str = "") -> Iterator[str]:
        """As ``Workspace.files``."""
        yield from self._known.get(("listing", glob), {}).get("paths", ())


def _plain(settings: Settings, section: str) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(getattr(settings, section))
    return {name: value for name, value in values.items() if name not in _WITHOUT.get(section, ())}


def _diagnostic(value: Mapping[str, Any]) -> Diagnostic:
    return msgspec.convert(value, Diagnostic)
