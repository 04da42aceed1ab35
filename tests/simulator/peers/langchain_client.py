# Its imports are in the environment that the test makes:
# mypy: ignore-errors
"""Talks to the gateway at argv[1] with langchain-openai; prints what it got as one JSON object.

Run by ``test_peers.py`` with an interpreter of its own: this package is no dependency of ours.
"""

import json
import sys

from langchain_core.messages import AIMessageChunk
from langchain_openai import ChatOpenAI

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get current weather for a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def main() -> None:
    llm = ChatOpenAI(
        model="moonshot/kimi-k2.7-code", base_url=sys.argv[1], api_key="sk-aig-simulator", max_retries=0
    )
    tools = llm.bind_tools([TOOL])
    text = llm.invoke("say text")
    streamed = list(llm.stream("say text", stream_usage=True))
    calls = tools.invoke("call a tool").tool_calls
    streamed_calls = AIMessageChunk(content="")
    for chunk in tools.stream("call a tool"):
        streamed_calls += chunk
    structured = llm.bind(response_format={"type": "json_object"}).invoke("say json")
    print(
        json.dumps(
            {
                "text": text.content,
                "usage": text.usage_metadata["total_tokens"],
                "streamed": "".join(chunk.content for chunk in streamed),
                "pieces": len(streamed),
                "streamed_usage": sum(
                    (chunk.usage_metadata or {}).get("total_tokens", 0) for chunk in streamed
                ),
                "calls": [[call["name"], call["args"]] for call in calls],
                "streamed_calls": [[call["name"], call["args"]] for call in streamed_calls.tool_calls],
                "json": json.loads(structured.content),
            }
        )
    )


main()
