"""A small project in six languages, and the prompt of a place in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.prepare import prepared
from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.settings import ContextSettings, Settings
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.index.now import build_now
from kimi_lsp.workspace.index.values import Index
from kimi_lsp.workspace.policy import Policy

FILES = {
    "AGENTS.md": "# Rules\n\nEvery berth has a number.\n",
    "app/lock.py": '''from app.clock import now


class Lock:
    """Held by one boat at a time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._until = 0.0

    def acquire(self, seconds: float) -> bool:
        if now() < self._until:
            return False
        self._until = now() + seconds
        return True

    def release(self) -> None:
        self._until = 0.0
''',
    "app/clock.py": '''import time

STEP = 0.5


def now() -> float:
    """Seconds, in steps."""
    return time.monotonic() // STEP * STEP
''',
    "app/pool.py": """from .lock import Lock


class Pool:
    def __init__(self) -> None:
        self.locks: dict[int, Lock] = {}

    def take(self, berth: int) -> bool:
        lock = self.locks.setdefault(berth, Lock(f"berth {berth}"))
        return lock.acquire(60)
""",
    "tests/test_lock.py": """from app.lock import Lock


def test_acquire():
    assert Lock("x").acquire(1)
""",
    "web/src/lock.ts": """export interface Held {
  berth: number;
  until: number;
}

export class Lock {
  constructor(private held: Held) {}

  acquire(seconds: number): boolean {
    return this.held.until < seconds;
  }
}
""",
    "web/src/pool.ts": """import { Lock, type Held } from "./lock.js";
import { report as tell } from "./report.js";

export function take(held: Held): boolean {
  const lock = new Lock(held);
  tell(`berth ${held.berth}`);
  return lock.acquire(60);
}
""",
    "web/src/report.ts": """export function report(line: string): void {
  console.log(line);
}
""",
    "web/src/pool.test.ts": """import { take } from "./pool.js";

test("take", () => {
  expect(take({ berth: 1, until: 0 })).toBe(true);
});
""",
    "core/src/lib.rs": """pub mod lock;
use crate::lock::{Lock, Refused};

pub fn take(lock: &mut Lock, berth: u32) -> Result<(), Refused> {
    lock.acquire(berth)?;
    Ok(())
}
""",
    "core/src/lock.rs": """pub struct Lock {
    pub held: Option<u32>,
}

pub enum Refused {
    Held(u32),
}

impl Lock {
    pub fn acquire(&mut self, berth: u32) -> Result<(), Refused> {
        match self.held {
            Some(other) => Err(Refused::Held(other)),
            None => { self.held = Some(berth); Ok(()) }
        }
    }
}
""",
    "svc/main.go": """package main

import "example.com/harbour/svc/lock"

func main() {
	l := lock.New(3)
	l.Acquire(Step)
}
""",
    "svc/step.go": "package main\n\nconst Step = 60\n",
    "svc/lock/lock.go": """package lock

type Lock struct {
	Berth int
	until int
}

func New(berth int) *Lock {
	return &Lock{Berth: berth}
}

func (l *Lock) Acquire(seconds int) bool {
	l.until = seconds
	return true
}
""",
    "native/lock.h": """#define STEP 60

typedef struct lock {
    int berth;
    long until;
} lock_t;

int lock_acquire(lock_t *lock, long seconds);
""",
    "native/lock.c": """#include "lock.h"

int lock_acquire(lock_t *lock, long seconds) {
    lock->until = seconds;
    return 1;
}
""",
    "native/pool.c": """#include "lock.h"

int take(int berth) {
    lock_t lock = { .berth = berth };
    return lock_acquire(&lock, STEP);
}
""",
    "java/src/harbour/Lock.java": """package harbour;

public class Lock {
    protected long until;

    public boolean acquire(long seconds) {
        return until < seconds;
    }
}
""",
    "java/src/harbour/Pool.java": """package harbour;

import java.util.List;

public class Pool extends Lock {
    private final List<Lock> locks = List.of();

    public boolean take(int berth) {
        return acquire(60) && locks.get(berth).acquire(60);
    }
}
""",
}


def write(folder: Path, files: dict[str, str]) -> None:
    """Write the files of a project."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, newline="", errors="surrogatepass")


def gathered(
    folder: Path,
    place: str,
    *,
    instruction_files: tuple[str, ...] = (),
    diagnostic: Diagnostic | None = None,
) -> SymbolContext:
    """The context of ``FILE MARK``: of the first place in the file that reads ``MARK``."""
    file, _, mark = place.partition(" ")
    settings = Settings(context=ContextSettings(instruction_files=instruction_files))
    root = folder.resolve()
    files = Files(Policy.of([root]), {})
    text = files.snapshot(file).text
    at, language = text.index(mark), by_path(file)
    assert language is not None
    task = Task(by_id("refactor"), file, Span(at, at), diagnostic)
    index = indexed(root)
    context, _ = prepared(task, files, parse(text, language), settings, index)
    return context


@cache
def indexed(root: Path) -> Index:
    """The index of a folder that stays as it is."""
    return build_now([root], root.parent / f"{root.name}-cache", 2_000_000)
