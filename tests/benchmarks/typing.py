"""500 incremental changes and then a ``codeAction``, over stdio: ours beside bare pygls, in one run."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence

from tests.benchmarks.client import BARE, OURS, Client, framed

WANTED = {"120 KB": 0.45, "5 MB": 0.06}
URI = "file:///tmp/kimi-lsp-benchmark/big.py"
KEYS = 500
FUNCTION = '''
def function_{number}(first, second=None, *rest, **named):
    """Add what there is to add, number {number}."""
    total = first + (second or 0)
    for value in rest:
        total += value * {number}
    return total, named
'''


def python_source(size: int) -> str:
    """A Python file of about ``size`` bytes."""
    functions = [FUNCTION.format(number=number) for number in range(size // len(FUNCTION) + 1)]
    return "".join(functions)[:size].rpartition("\n\n")[0] + "\n"


def burst(line: int) -> bytes:
    """What a client sends for 500 keys typed in one line, and the request behind them."""
    messages = [
        framed(
            {
                "method": "textDocument/didChange",
                "params": {
                    "textDocument": {"uri": URI, "version": key + 2},
                    "contentChanges": [
                        {
                            "range": {
                                "start": {"line": line, "character": 4 + key},
                                "end": {"line": line, "character": 4 + key},
                            },
                            "text": "x",
                        }
                    ],
                },
            }
        )
        for key in range(KEYS)
    ]
    place = {"line": line, "character": 5}
    request = {
        "id": 7,
        "method": "textDocument/codeAction",
        "params": {
            "textDocument": {"uri": URI},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": []},
        },
    }
    return b"".join([*messages, framed(request)])


def typed_in(command: Sequence[str], text: str) -> float:
    """Seconds from the first key to the answer."""
    client = Client(command)
    client.initialize()
    document = {"uri": URI, "languageId": "python", "version": 1, "text": text}
    client.send(framed({"method": "textDocument/didOpen", "params": {"textDocument": document}}))
    client.request(2, "textDocument/codeAction", {
        "textDocument": {"uri": URI},
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}},
        "context": {"diagnostics": []},
    })  # fmt: skip
    keys = burst(text.count("\n") // 2 // 7 * 7 + 3)
    begin = time.perf_counter()
    client.send(keys)
    client.answer(7)
    taken = time.perf_counter() - begin
    client.close()
    return taken


def main(argv: list[str]) -> int:
    """Print a ratio for each size; exit 1 where one is above what is wanted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args(argv).rounds
    bare_command = (*BARE, "--code-action")
    good = True
    for name, size in (("120 KB", 120_000), ("5 MB", 5_000_000)):
        text = python_source(size)
        times = [(typed_in(OURS, text), typed_in(bare_command, text)) for _ in range(rounds)]
        ours, bare = (statistics.median(side) for side in zip(*times, strict=True))
        ratio, wanted = ours / bare, WANTED[name]
        good &= ratio <= wanted
        print(f"{name}: {KEYS} changes and a codeAction: kimi-lsp {ours * 1000:.0f} ms, ", end="")
        print(f"bare pygls {bare * 1000:.0f} ms; ratio {ratio:.3f} (wanted: at most {wanted})")
    return 0 if good else 1
