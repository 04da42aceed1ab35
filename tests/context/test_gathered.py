"""The prompts of a small project in six languages, as they are sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from kimi_lsp.context.budget import fit
from kimi_lsp.context.render import render
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic, Related
from tests.context.polyglot import FILES, gathered, write


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    write(folder, FILES)
    return folder


def said(folder: Path, place: str, budget: int = 12_000) -> str:
    return render(fit(gathered(folder, place), budget))


def test_python(project: Path) -> None:
    assert said(project, "app/pool.py acquire") == snapshot('''\
### files that matter to this one
```
app/lock.py
  class Lock:
app/clock.py
  def now() -> float:
  STEP = 0.5
tests/test_lock.py
  def test_acquire():
```

### app/pool.py lines 1-10 of 10: the whole file
```
from .lock import Lock


class Pool:
    def __init__(self) -> None:
        self.locks: dict[int, Lock] = {}

    def take(self, berth: int) -> bool:
        lock = self.locks.setdefault(berth, Lock(f"berth {berth}"))
        return lock.acquire(60)
```

### app/lock.py lines 4-18: `Lock`
```
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
```\
''')


def test_python_in_little_room(project: Path) -> None:
    assert said(project, "app/lock.py self._until = now", 330) == snapshot('''\
### files that matter to this one
```
app/clock.py
  def now() -> float:
```

### app/lock.py lines 1-18 of 18: the whole file
```
from app.clock import now


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
```

### app/clock.py lines 6-8: `now`
```
def now() -> float:
    """Seconds, in steps."""
    return time.monotonic() // STEP * STEP
```\
''')


def test_typescript(project: Path) -> None:
    assert said(project, "web/src/pool.ts tell(") == snapshot("""\
### files that matter to this one
```
web/src/lock.ts
  export interface Held
  export class Lock
web/src/report.ts
  export function report(line: string): void
```

### web/src/pool.ts lines 1-8 of 8: the whole file
```
import { Lock, type Held } from "./lock.js";
import { report as tell } from "./report.js";

export function take(held: Held): boolean {
  const lock = new Lock(held);
  tell(`berth ${held.berth}`);
  return lock.acquire(60);
}
```

### web/src/lock.ts lines 1-4: `Held`
```
export interface Held {
  berth: number;
  until: number;
}
```

### web/src/lock.ts lines 6-12: `Lock`
```
export class Lock {
  constructor(private held: Held) {}

  acquire(seconds: number): boolean {
    return this.held.until < seconds;
  }
}
```

### web/src/report.ts lines 1-3: `report`
```
export function report(line: string): void {
  console.log(line);
}
```

### tests that name it
```
web/src/pool.test.ts
  4: expect(take({ berth: 1, until: 0 })).toBe(true);
```\
""")


def test_rust(project: Path) -> None:
    assert said(project, "core/src/lib.rs acquire") == snapshot("""\
### files that matter to this one
```
core/src/lock.rs
  pub struct Lock
  pub enum Refused
  impl Lock
```

### core/src/lib.rs lines 1-7 of 7: the whole file
```
pub mod lock;
use crate::lock::{Lock, Refused};

pub fn take(lock: &mut Lock, berth: u32) -> Result<(), Refused> {
    lock.acquire(berth)?;
    Ok(())
}
```

### core/src/lock.rs lines 1-3: `Lock`
```
pub struct Lock {
    pub held: Option<u32>,
}
```

### core/src/lock.rs lines 5-7: `Refused`
```
pub enum Refused {
    Held(u32),
}
```

### core/src/lock.rs lines 10-15: `Lock.acquire`
```
    pub fn acquire(&mut self, berth: u32) -> Result<(), Refused> {
        match self.held {
            Some(other) => Err(Refused::Held(other)),
            None => { self.held = Some(berth); Ok(()) }
        }
    }
```\
""")


def test_go(project: Path) -> None:
    assert said(project, "svc/main.go Acquire") == snapshot("""\
### files that matter to this one
```
svc/lock/lock.go
  type Lock struct
  func New(berth int) *Lock
svc/step.go
  const Step = 60
```

### svc/main.go lines 1-8 of 8: the whole file
```
package main

import "example.com/harbour/svc/lock"

func main() {
	l := lock.New(3)
	l.Acquire(Step)
}
```

### svc/lock/lock.go lines 8-10: `New`
```
func New(berth int) *Lock {
	return &Lock{Berth: berth}
}
```

### svc/lock/lock.go lines 12-15: `Lock.Acquire`
```
func (l *Lock) Acquire(seconds int) bool {
	l.until = seconds
	return true
}
```

### signatures of what it uses
```
svc/step.go
  3: const Step = 60
```\
""")


def test_c(project: Path) -> None:
    assert said(project, "native/pool.c return") == snapshot("""\
### files that matter to this one
```
native/lock.h
  #define STEP 60
  typedef struct lock {
  struct lock
  int lock_acquire(lock_t *lock, long seconds);
native/lock.c
  int lock_acquire(lock_t *lock, long seconds)
```

### native/pool.c lines 1-6 of 6: the whole file
```
#include "lock.h"

int take(int berth) {
    lock_t lock = { .berth = berth };
    return lock_acquire(&lock, STEP);
}
```

### native/lock.h lines 3-6: `lock_t`
```
typedef struct lock {
    int berth;
    long until;
} lock_t;
```

### native/lock.c lines 3-6: `lock_acquire`
```
int lock_acquire(lock_t *lock, long seconds) {
    lock->until = seconds;
    return 1;
}
```

### signatures of what it uses
```
native/lock.h
  1: #define STEP 60
  8: int lock_acquire(lock_t *lock, long seconds);
```\
""")


def test_java(project: Path) -> None:
    assert said(project, "java/src/harbour/Pool.java return") == snapshot("""\
### files that matter to this one
```
java/src/harbour/Lock.java
  public class Lock
```

### java/src/harbour/Pool.java lines 1-11 of 11: the whole file
```
package harbour;

import java.util.List;

public class Pool extends Lock {
    private final List<Lock> locks = List.of();

    public boolean take(int berth) {
        return acquire(60) && locks.get(berth).acquire(60);
    }
}
```

### java/src/harbour/Lock.java lines 6-8: `Lock.acquire`
```
    public boolean acquire(long seconds) {
        return until < seconds;
    }
```\
""")


def test_a_diagnostic_and_the_rules(project: Path) -> None:
    text = FILES["app/clock.py"]
    at = text.index("STEP * STEP")
    diagnostic = Diagnostic(
        path="app/clock.py",
        span=Span(at, at + 4),
        line=8,
        column=32,
        message='"Lock" is not what "STEP" was',
        related=(Related("app/lock.py", 4, "`Lock` is declared here"),),
    )
    context = gathered(
        project, "app/clock.py STEP * STEP", diagnostic=diagnostic, instruction_files=("AGENTS.md",)
    )
    assert render(fit(context, 12_000)) == snapshot('''\
### instructions of the project, from AGENTS.md
```
# Rules

Every berth has a number.
```

### files that matter to this one
```
app/lock.py
  class Lock:
app/pool.py
  class Pool:
tests/test_lock.py
  def test_acquire():
```

### app/clock.py lines 1-8 of 8: the whole file
```
import time

STEP = 0.5


def now() -> float:
    """Seconds, in steps."""
    return time.monotonic() // STEP * STEP
```

### where it is used
```
app/lock.py
  12: if now() < self._until:  (in Lock.acquire)
  14: self._until = now() + seconds  (in Lock.acquire)
```

### signatures of what it uses
```
app/lock.py
  4: class Lock:
```

### what the problem is related to
```
app/lock.py
  4: class Lock:  <- `Lock` is declared here
```\
''')


def test_the_same_place_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    write(other, dict(reversed(FILES.items())))
    for place in ("app/pool.py acquire", "core/src/lib.rs acquire", "svc/main.go Acquire"):
        for budget in (300, 600, 12_000):
            assert said(project, place, budget) == said(other, place, budget)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param(
            "web/index.html",
            '<script type="module">\nimport { held } from "./held.js";\nfunction boot(x) {\n'
            "  return held(x);\n}\n</script>\n",
            id="html",
        ),
        pytest.param(
            "web/README.md",
            "# How\n\n```ts\nimport { held } from './held';\nfunction boot(x) {\n  return held(x);\n}\n```\n",
            id="markdown",
        ),
    ],
)
def test_code_in_another_language_s_file(tmp_path: Path, file: str, text: str) -> None:
    write(tmp_path, {file: text, "web/held.ts": "export const held = (n: number) => n * 2;\n"})
    assert "1: export const held" in said(tmp_path, f"{file} boot")
