"""Services that speak the OpenAI protocol: where they are, what their model is called, what to leave out."""

from __future__ import annotations

from dataclasses import dataclass

from kimi_lsp.model.errors import CREDIT_URL


@dataclass(frozen=True, slots=True)
class Preset:
    """One service. ``omit`` names fields of the request body that it refuses or misunderstands.

    ``reasoning_key`` is where its thinking comes in (whatever comes is understood all the same). ``output_limit``
    is its largest ``max_tokens``; 0 is unknown. ``requests_per_minute`` 0 is unlimited.
    """

    id: str
    base_url: str
    model: str
    reasoning_key: str = "reasoning_content"
    omit: frozenset[str] = frozenset()
    needs_key: bool = False
    credit_url: str = ""
    output_limit: int = 0


PRESETS = {
    preset.id: preset
    for preset in (
        Preset(
            "aigateway",
            "https://api.aigateway.sh/v1",
            "moonshot/kimi-k2.7-code",
            needs_key=True,
            credit_url=CREDIT_URL,
            output_limit=16_384,
        ),
        Preset(
            "moonshot",
            "https://api.moonshot.ai/v1",
            "kimi-k2.7-code",
            omit=frozenset({"parallel_tool_calls"}),
            needs_key=True,
            credit_url="https://platform.moonshot.ai",
        ),
        Preset("vllm", "http://127.0.0.1:8000/v1", "moonshotai/Kimi-K2.7-Code", reasoning_key="reasoning"),
        Preset("sglang", "http://127.0.0.1:30000/v1", "moonshotai/Kimi-K2.7-Code"),
        Preset(
            "ollama",
            "http://127.0.0.1:11434/v1",
            "kimi-k2.7-code",
            reasoning_key="reasoning",
            omit=frozenset({"parallel_tool_calls", "tool_choice"}),
        ),
        Preset("llamacpp", "http://127.0.0.1:8080/v1", "kimi-k2.7-code"),
    )
}
"""By id, as the setting ``model.preset`` names them."""
