"""Every oddity of kimi.md (Streams) as bytes, with the outcome that we decided on.

An outcome is an error's name, or what a whole turn says. Used sans-I/O, cut anywhere, and through real HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kimi_lsp.model.estimate import input_tokens
from kimi_lsp.model.events import Content, Event, Finished, Reasoning, ToolCall, Usage
from kimi_lsp.model.port import Request
from tests.model.wire import DONE, call, chunk, fragment, say, stream, think, trailing, usage

TOOLS = tuple(
    {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}
    for name in ("edit", "read", "ping")
)
REQUEST = Request(({"role": "user", "content": "x" * 150},), TOOLS)
ESTIMATED = Usage(input_tokens(REQUEST), 2, estimated=True)


@dataclass(frozen=True, slots=True)
class Whole:
    """A turn that is delivered. ``calls``: (name, arguments), or (name, None) where they are refused."""

    content: str = ""
    reasoning: str | None = None
    calls: tuple[tuple[str, Mapping[str, Any] | None], ...] = ()
    usage: Usage | None = None
    ids: tuple[str, ...] | None = None
    repairs: tuple[str, ...] = ()

    def check(self, events: list[Event]) -> None:
        calls = [event for event in events if isinstance(event, ToolCall)]
        finished = events[-1]
        assert isinstance(finished, Finished)
        assert "".join(e.text for e in events if isinstance(e, Content)) == self.content
        assert "".join(e.text for e in events if isinstance(e, Reasoning)) == (self.reasoning or "")
        assert [(c.name, None if c.error else c.arguments) for c in calls] == list(self.calls)
        assert [c.position for c in calls] == list(range(len(calls)))
        assert tuple(repair for c in calls for repair in c.repairs) == self.repairs
        assert finished.reason == ("tool_calls" if calls else "stop")
        assert finished.message.get("content", "") == (self.content if self.content.strip() else "")
        assert finished.message.get("reasoning_content", finished.message.get("reasoning")) == self.reasoning
        assert len(finished.message.get("tool_calls", ())) == len(calls)
        reported = [event for event in events if isinstance(event, Usage)]
        assert len(reported) == 1
        assert self.usage is None or reported == [self.usage]
        if self.ids is not None:
            assert tuple(c.id for c in calls) == self.ids


A, B = {"path": "a.py"}, {"path": "b.py"}
EDIT_A = fragment('{"path": "a.py"}', "edit", index=0, id="functions.edit:0")
CALLS, STOP = chunk(finish="tool_calls"), chunk(finish="stop")
OPEN, MIDDLE, END = "<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>"
SECTION, SECTION_END = "<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"
LEAK = f'{SECTION}{OPEN}functions.edit:0{MIDDLE}{{"path": "a.py"}}{END}{SECTION_END}'
ONE_A = Whole(calls=(("edit", A),))

ODDITIES: dict[str, tuple[bytes, Whole | str]] = {
    "as the page says": (
        stream(
            chunk({"role": "assistant", "content": ""}), think("Hm."), say("Yes"), say("."), STOP, trailing()
        ),
        Whole("Yes.", "Hm.", usage=Usage(100, 20)),
    ),
    "reasoning under the other key": (
        stream(chunk({"reasoning": "Hm."}), say("Yes"), STOP),
        Whole("Yes", "Hm."),
    ),
    "reasoning under both keys": (
        stream(chunk({"reasoning": "Hm.", "reasoning_content": "Hm."}), say("Yes"), STOP),
        Whole("Yes", "Hm."),
    ),
    "usage twice": (
        stream(
            say("Yes"),
            chunk(finish="stop", usage=usage(90, 50, 30)),
            trailing(usage(90, 50, 30)),
        ),
        Whole("Yes", usage=Usage(90, 50, 30)),
    ),
    "usage inside the choice": (
        stream(
            say("Yes"),
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "usage": usage(90, 50)}]},
        ),
        Whole("Yes", usage=Usage(90, 50)),
    ),
    "usage missing": (
        stream(say("Yes, sir"), STOP),
        Whole("Yes, sir", usage=ESTIMATED),
    ),
    "usage of null": (
        stream(say("Yes, sir"), STOP, {"choices": [], "usage": None}),
        Whole("Yes, sir", usage=ESTIMATED),
    ),
    "trailing empty reasoning": (
        stream(say("Yes"), think(""), STOP),
        Whole("Yes", ""),
    ),
    "fragments": (
        stream(
            call(fragment("", "edit", index=0, id="x")),
            *(call(fragment(piece, index=0)) for piece in ('{"pa', 'th": ', '"a.py"', "}")),
            CALLS,
        ),
        Whole(calls=(("edit", A),), ids=("x",)),
    ),
    "fragments without an index": (
        stream(
            call(fragment("", "edit", id="x")),
            call(fragment('{"path": ')),
            call(fragment('"a.py"}')),
            call(fragment("", "read", id="y")),
            call(fragment('{"path": "b.py"}')),
            CALLS,
        ),
        Whole(calls=(("edit", A), ("read", B)), ids=("x", "y")),
    ),
    "fragments without index or id": (
        stream(call(fragment('{"path": "a.py"}', "edit")), call(fragment('{"path": "b.py"}', "edit")), CALLS),
        Whole(calls=(("edit", A), ("edit", B)), ids=("functions.edit:0", "functions.edit:1")),
    ),
    "fragments out of order": (
        stream(
            call(fragment("", "edit", index=1, id="y")),
            call(fragment("", "read", index=0, id="x")),
            call(fragment('{"path": ', index=0)),
            call(fragment('{"path": "b.py"}', index=1)),
            call(fragment('"a.py"}', index=0)),
            CALLS,
        ),
        Whole(calls=(("edit", B), ("read", A)), ids=("y", "x")),
    ),
    "several in one chunk": (
        stream(
            call(fragment("", "edit", index=0, id="x"), fragment("", "read", index=1, id="y")),
            call(fragment('{"path": "a.py"}', index=0), fragment('{"path": "b.py"}', index=1)),
            CALLS,
        ),
        Whole(calls=(("edit", A), ("read", B)), ids=("x", "y")),
    ),
    "an index that is a string": (
        stream(
            call(fragment("", "edit", index="0", id="x")),
            call(fragment('{"path": "a.py"}', index="0")),
            CALLS,
        ),
        Whole(calls=(("edit", A),), ids=("x",)),
    ),
    "an index that is no number": (
        stream(
            call(fragment("", "edit", index="first", id="x")),
            call(fragment('{"path": "a.py"}', index="first")),
            call(fragment("", "edit", index=None, id="y")),
            call(fragment('{"path": "b.py"}', index=None)),
            CALLS,
        ),
        Whole(calls=(("edit", A), ("edit", B)), ids=("x", "y")),
    ),
    "the same index for every call": (
        stream(
            call(fragment('{"path": "a.py"}', "edit", index=0, id="x")),
            call(fragment('{"path": "b.py"}', "edit", index=0, id="y")),
            CALLS,
        ),
        Whole(calls=(("edit", A), ("edit", B)), ids=("x", "y")),
    ),
    "duplicate ids": (
        stream(
            call(fragment('{"path": "a.py"}', "edit", index=0, id="ping_0")),
            call(fragment('{"path": "b.py"}', "edit", index=1, id="ping_0")),
            CALLS,
        ),
        Whole(calls=(("edit", A), ("edit", B)), ids=("ping_0", "ping_0")),
    ),
    "id and name in every fragment": (
        stream(
            call(fragment('{"path": ', "edit", index=0, id="search:0")),
            call(fragment('"a.py"}', "edit", index=0, id="search:0")),
            call(fragment("", "edit", index=0, id="search:0")),
            CALLS,
        ),
        Whole(calls=(("edit", A),), ids=("search:0",)),
    ),
    "a new id in every fragment": (
        stream(
            call(fragment("", "edit", index=0, id="r1")),
            call(fragment('{"path": ', index=0, id="r2")),
            call(fragment('"a.py"}', index=0, id="r3")),
            CALLS,
        ),
        Whole(calls=(("edit", A),), ids=("r1",)),
    ),
    "an id that is a number": (
        stream(call(fragment('{"path": "a.py"}', "edit", index=0, id=7)), CALLS),
        Whole(calls=(("edit", A),), ids=("7",)),
    ),
    "no id at all": (
        stream(call(fragment('{"path": "a.py"}', "edit", index=0)), CALLS),
        Whole(calls=(("edit", A),), ids=("functions.edit:0",)),
    ),
    "the template's name": (
        stream(call(fragment('{"path": "a.py"}', "functions.edit:0", index=0, id="functions.edit:0")), CALLS),
        Whole(calls=(("edit", A),), ids=("functions.edit:0",)),
    ),
    "the name after the arguments": (
        stream(
            call(fragment('{"path": ', index=0)), call(fragment('"a.py"}', "edit", index=0, id="x")), CALLS
        ),
        Whole(calls=(("edit", A),), ids=("x",)),
    ),
    "no name at all": (stream(call(fragment('{"path": "a.py"}', index=0, id="x")), CALLS), "garbled"),
    "arguments as an object": (
        stream(call(fragment({"path": "a.py"}, "edit", index=0)), CALLS),
        ONE_A,
    ),
    "stop after tool calls": (stream(call(EDIT_A), STOP), ONE_A),
    "tool_calls with no call": (stream(say("Yes"), CALLS), Whole("Yes")),
    "tool_calls with nothing": (stream(CALLS), "empty"),
    "length in an argument": (
        stream(call(fragment('{"path": "a', "edit", index=0, id="x")), chunk(finish="length")),
        "truncated",
    ),
    "length after a whole call": (stream(call(EDIT_A), chunk(finish="length")), "truncated"),
    "length in the text": (stream(say("Yes, bu"), chunk(finish="length")), "truncated"),
    "reasoning alone": (stream(think("Hm."), STOP), "empty"),
    "nothing but a finish": (stream(STOP), "empty"),
    "a filter": (stream(say("Y"), chunk(finish="content_filter")), "filtered"),
    "a finish reason that we do not know": (stream(say("Y"), chunk(finish="abort")), "service-error"),
    "a marker leaks into the content": (stream(say("Yes<|tool_call"), say("_end|>."), STOP), Whole("Yes.")),
    "what only looks like a marker": (
        stream(say("a <| b"), say(" <|tool_"), say("x <"), STOP),
        Whole("a <| b <|tool_x <"),
    ),
    "a call leaks into the content": (
        stream(say("Now: "), *(say(piece) for piece in (LEAK[:40], LEAK[40:90], LEAK[90:])), STOP),
        Whole("Now: ", calls=(("edit", A),), ids=("functions.edit:0",)),
    ),
    "a call leaks into the reasoning": (
        stream(think("Hm." + LEAK), STOP),
        Whole("", "Hm.", calls=(("edit", A),)),
    ),
    "a draft of a call in the reasoning of an answer": (
        stream(think("Hm." + LEAK), say("No change is needed."), STOP),
        Whole("No change is needed.", "Hm."),
    ),
    "a leaked call that has no end": (
        stream(say(f'{OPEN}functions.edit:0{MIDDLE}{{"path": "a.py"}}'), STOP),
        ONE_A,
    ),
    "a leaked call that was cut": (
        stream(say(f'Yes{OPEN}functions.edit:0{MIDDLE}{{"path": "a.'), STOP),
        Whole("Yes"),
    ),
    "a leaked call of a tool that was not offered": (
        stream(say("Yes" + LEAK.replace("edit", "format_disk")), STOP),
        Whole("Yes"),
    ),
    "a leaked copy of a real call": (
        stream(say(LEAK), call(fragment('{"path": "b.py"}', "edit", index=0, id="x")), CALLS),
        Whole(calls=(("edit", B),), ids=("x",)),
    ),
    "talk about markers": (
        stream(say(f"The marker {OPEN} begins a call, you see."), STOP),
        Whole("The marker  begins a call, you see."),
    ),
    "raw newlines in an argument": (
        stream(call(fragment('{"path": "a\nb"}', "edit", index=0)), CALLS),
        Whole(calls=(("edit", {"path": "a\nb"}),), repairs=("raw newline",)),
    ),
    "a missing closing brace": (
        stream(call(fragment('{"path": "a.py"', "edit", index=0)), CALLS),
        Whole(calls=(("edit", A),), repairs=("closing brace",)),
    ),
    "an unterminated string": (
        stream(call(fragment('{"path": "a.py', "edit", index=0)), CALLS),
        Whole(calls=(("edit", None),)),
    ),
    "the same object twice": (
        stream(call(fragment('{"path": "a.py"}{"path": "a.py"}', "edit", index=0)), CALLS),
        Whole(calls=(("edit", A),), repairs=("repeated object",)),
    ),
    "two objects in a row": (
        stream(call(fragment('{"path": "a.py"}{"path": "b.py"}', "edit", index=0)), CALLS),
        Whole(calls=(("edit", None),)),
    ),
    "empty arguments": (
        stream(call(fragment("", "ping", index=0)), CALLS),
        Whole(calls=(("ping", {}),), repairs=("empty",)),
    ),
    "arguments of null": (
        stream(call(fragment("null", "ping", index=0)), CALLS),
        Whole(calls=(("ping", {}),), repairs=("null",)),
    ),
    "arguments that are a list": (
        stream(call(fragment("[1]", "ping", index=0)), CALLS),
        Whole(calls=(("ping", None),)),
    ),
    "a final frame sent twice": (stream(call(EDIT_A), CALLS, CALLS), ONE_A),
    "a final frame with a call, sent twice": (
        stream(*[chunk({"tool_calls": [EDIT_A]}, "tool_calls")] * 2),
        ONE_A,
    ),
    "a call that goes on after the finish": (
        stream(call(EDIT_A), CALLS, call(fragment('{"path": "b.py"}', index=0))),
        "garbled",
    ),
    "text after the finish": (stream(say("Yes"), STOP, say("!")), Whole("Yes")),
    "two [DONE]": (stream(say("Yes"), STOP) + DONE, Whole("Yes")),
    "comments and keep-alives": (
        b": ping\n\n"
        + stream(say("Yes"), b": ping\n\n", b"event: ping\ndata: {}\n\n", b"event: ping\n\n", STOP),
        Whole("Yes"),
    ),
    "CR LF, ids and retries": (
        b"\xef\xbb\xbfid: 1\r\nretry: 10\r\n" + stream(say("Yes"), STOP).replace(b"\n", b"\r\n"),
        Whole("Yes"),
    ),
    "data over several lines": (
        stream(b'data: {"choices": [{"delta":\r\ndata: {"content": "Yes"}}]}\r\r', STOP),
        Whole("Yes"),
    ),
    "choices of None, a delta of None": (
        stream({"choices": None}, {"choices": [{"delta": None}]}, {"choices": [None]}, say("Yes"), STOP),
        Whole("Yes"),
    ),
    "content in parts": (
        stream(chunk({"content": [{"type": "text", "text": "Yes"}]}), STOP),
        Whole("Yes"),
    ),
    "a character cut in two": (
        stream(
            b'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\n',
            b'data: {"choices":[{"delta":{"content":"\\ude00!"}}]}\n\n',
            STOP,
        ),
        Whole("\U0001f600!"),
    ),
    "half a character": (
        stream(b'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\n', say("!"), STOP),
        Whole("\ufffd!"),
    ),
    "half a character in an argument": (
        stream(
            b'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"edit",'
            b'"arguments":"{\\"path\\": \\"\\ud83d\\"}"}}]}}]}\n\n',
            CALLS,
        ),
        "garbled",
    ),
    "no [DONE] after the finish": (stream(say("Yes"), STOP, done=False), Whole("Yes")),
    "a clean end without a finish": (stream(say("Yes"), done=False), "disconnected"),
    "[DONE] without a finish": (stream(say("Yes")), "disconnected"),
    "the end in an event": (stream(say("Yes"), STOP, done=False)[:-2], "disconnected"),
    "nothing": (b"", "disconnected"),
    "[DONE] alone": (DONE, "empty"),
    "an error object": (
        stream(say("Y"), {"error": {"message": "boom", "type": "server_error"}}),
        "service-error",
    ),
    "an error of text": (stream({"error": "boom"}), "service-error"),
    "an error with a code": (stream({"error": {"message": "slow down", "code": 429}}), "rate-limited"),
    "an error of context": (
        stream({"error": {"message": "This model's maximum context length is 262144 tokens."}}),
        "too-much-context",
    ),
    "an error as vLLM says it": (
        stream({"object": "error", "message": "boom", "code": 500}),
        "service-error",
    ),
    "an error event": (stream(b'event: error\ndata: {"message": "boom"}\n\n'), "service-error"),
    "an error event of text": (stream(b"event: error\ndata: boom\n\n"), "service-error"),
    "an error after the finish": (stream(say("Yes"), STOP, {"error": "billing"}), Whole("Yes")),
    "data that are no JSON": (stream(say("Y"), b"data: {nonsense\n\n", STOP), "garbled"),
    "data that are not UTF-8": (
        stream(say("Y"), b'data: {"choices":[{"delta":{"content":"\xff"}}]}\n\n', STOP),
        "garbled",
    ),
    "JSON that is no answer": (stream({"hello": "world"}, done=False), "not-a-stream"),
    "a second choice": (stream(say("Yes"), chunk({"content": "No"}, index=1), STOP), Whole("Yes")),
}
