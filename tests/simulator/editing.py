"""A small engine of these tests' own: carries out ``read`` and ``edit`` over one text, by the agreed conventions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from kimi_lsp.simulator.answer import Answer, Brain
from kimi_lsp.simulator.request import parse
from kimi_lsp.simulator.rules import check
from tests.simulator.asking import body, tool

READ = tool("read", path="string", start_line="integer")
EDIT = tool("edit", path="string", old_string="string", new_string="string")


@dataclass
class Editor:
    """One file, and what was done to it. The first ``refusals`` edits are refused; a read gives ``page`` lines."""

    path: str
    text: str
    page: int = 10_000
    refusals: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def work(
        self, brain: Brain, request: str, tools: tuple[dict[str, Any], ...] = (READ, EDIT)
    ) -> Answer:
        """Ask until the brain answers in words; every request keeps the model's rules."""
        messages: list[dict[str, Any]] = [{"role": "user", "content": request}]
        for _ in range(20):
            asked = parse(body(messages=messages, tools=list(tools)))
            check(asked, 100)
            answer = await brain.answer(asked)
            assert answer.reasoning.startswith("Simulator: ")
            if not answer.calls:
                return answer
            messages += self._turn(answer, len(messages))
        raise AssertionError("the brain does not come to an end")

    def _turn(self, answer: Answer, number: int) -> list[dict[str, Any]]:
        calls = [
            {"id": f"{number}:{place}", "function": {"name": call.name, "arguments": call.arguments}}
            for place, call in enumerate(answer.calls)
        ]
        turn = {"role": "assistant", "reasoning_content": answer.reasoning, "tool_calls": calls}
        return [turn, *({"role": "tool", "tool_call_id": c["id"], "content": self._run(c)} for c in calls)]

    def _run(self, call: dict[str, Any]) -> str:
        name, arguments = call["function"]["name"], json.loads(call["function"]["arguments"])
        self.calls.append((name, arguments))
        if arguments["path"] != self.path:
            return f"error: there is no file {arguments['path']}"
        return self._read(arguments) if name == "read" else self._edit(arguments)

    def _read(self, arguments: dict[str, Any]) -> str:
        lines = re.findall(r"[^\n]*\n|[^\n]+", self.text)
        first = arguments.get("start_line", 1)
        last = min(first + self.page - 1, len(lines))
        more = f" Ask for the rest by start_line {last + 1}." if last < len(lines) else ""
        head = f"{self.path}, lines {first}-{last} of {len(lines)}.{more}"
        return head + "\n" + "".join(lines[first - 1 : last])

    def _edit(self, arguments: dict[str, Any]) -> str:
        if self.refusals:
            self.refusals -= 1
            return "error: old_string occurs 2 times (lines 1, 2)"
        assert self.text.count(arguments["old_string"]) == 1
        self.text = self.text.replace(arguments["old_string"], arguments["new_string"])
        return "ok: 1 line changed"
