"""One run of an action on files in a folder, with a scripted model, the way the server goes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kimi_lsp.actions.action import Action, Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.checking import Check
from kimi_lsp.actions.engine import Means, run
from kimi_lsp.actions.prepare import prepared
from kimi_lsp.actions.recorded import Watched, about, outcome_of
from kimi_lsp.actions.recorded_checks import WatchedChecks
from kimi_lsp.actions.updates import Done
from kimi_lsp.model.recording import Recorded, Recorder
from kimi_lsp.model.scripted import Scripted, Turn
from kimi_lsp.settings import LimitSettings, Settings
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.policy import Policy

WELL = Turn(content="Done.")


@dataclass(frozen=True)
class Played:
    """What came of a run: its end, each file's new text, and what was asked in the first turn."""

    done: Done
    texts: Mapping[str, str]
    request: str
    task: Task


def files_in(folder: Path, texts: Mapping[str, str]) -> Files:
    """A workspace in ``folder`` with these files in it."""
    for name, text in texts.items():
        location = folder / name
        location.parent.mkdir(parents=True, exist_ok=True)
        location.write_bytes(text.encode())
    return Files(Policy.of([folder]), {})


def edit(path: str, old: str, new: str) -> tuple[str, dict[str, Any]]:
    """A call of the tool."""
    return "edit", {"path": path, "old_string": old, "new_string": new}


def create(path: str, content: str) -> tuple[str, dict[str, Any]]:
    """A call of the tool."""
    return "create_file", {"path": path, "content": content}


async def play(
    action: Action | str, folder: Path, texts: Mapping[str, str], at: str, turns: Iterable[Turn], **task: Any
) -> Played:
    """Run ``action`` where ``$0`` stands in the file ``at``, between two of them, or on the whole of it."""
    before, *rest = texts[at].split("$0")
    plain = before + "".join(rest)
    span = Span(len(before), len(before) + len(rest[0])) if len(rest) > 1 else Span(len(before), len(before))
    files = files_in(folder, {**texts, at: plain})
    chosen = by_id(action) if isinstance(action, str) else action
    asked = Task(chosen, at, span if rest else Span(0, len(plain)), **task)
    if chosen.look is not None:
        asked = chosen.look(asked, files)
    language = by_path(at)
    tree = parse(plain, language) if language is not None else None
    context, staging = prepared(asked, files, tree, Settings())
    model = Scripted(list(turns))
    seen = [one async for one in run(asked, context, staging, Means(model, LimitSettings(), 12_000))]
    assert isinstance(seen[-1], Done)
    done = chosen.finish(asked, context.snapshot, seen[-1])
    after = {change.new_path or change.path: change.after or "" for change in done.changeset.files}
    request = str(model.requests[0].messages[1]["content"]).rpartition("### request\n")[2]
    return Played(done, after, request, asked)


async def record(
    path: Path, task: Task, files: Files, turns: Iterable[Turn], check: Check | None = None
) -> None:
    """Write the recording of a job to ``path``, the way the server does."""
    recorder = Recorder(path, about(task, Settings(), "kimi", None))
    text, language = files.snapshot(task.path).text, by_path(task.path)
    assert language is not None
    context, staging = prepared(task, Watched(files, recorder.write), parse(text, language), Settings())
    means = Means(
        Recorded(Scripted(list(turns)), recorder),
        LimitSettings(),
        12_000,
        on_result=recorder.result,
        tag="kimi-lsp",
        check=None if check is None else WatchedChecks(check, recorder.write),
    )
    async for update in run(task, context, staging, means):
        if isinstance(update, Done):
            recorder.outcome(**outcome_of(task.action.finish(task, context.snapshot, update)))
    recorder.close()
