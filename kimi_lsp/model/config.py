"""How one service is asked: address, key, deadlines, and the body of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kimi_lsp.model.port import Request
from kimi_lsp.model.presets import PRESETS, Preset
from kimi_lsp.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. ``total_s`` holds for a whole turn with its retries; ``trailing_s`` for what may follow its end."""

    connect_s: float = 5.0
    first_byte_s: float = 60.0
    between_bytes_s: float = 60.0
    total_s: float = 600.0
    trailing_s: float = 2.0


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """Everything that a ``Gateway`` needs to know. The key is in no ``repr``."""

    base_url: str
    model: str
    key: str = field(default="", repr=False)
    preset: Preset = PRESETS["aigateway"]
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""
    deadlines: Deadlines = Deadlines()
    requests_per_minute: int = 0
    max_bytes: int = 64 * 1024 * 1024

    @classmethod
    def of(cls, settings: ModelSettings) -> GatewayConfig:
        """What the settings say, completed from their preset."""
        preset = PRESETS[settings.preset]
        return cls(
            base_url=(settings.base_url or preset.base_url).rstrip("/"),
            model=settings.name or preset.model,
            key=settings.api_key.value,
            preset=preset,
            extra_body=settings.extra_body,
            tag=settings.tag,
            deadlines=Deadlines(
                settings.connect_timeout_s,
                settings.first_byte_timeout_s,
                settings.read_timeout_s,
                settings.total_timeout_s,
            ),
            requests_per_minute=settings.requests_per_minute,
        )

    @property
    def needs_key(self) -> bool:
        """Whether the service would refuse without asking: a preset's own address needs a key."""
        return self.preset.needs_key and self.base_url == self.preset.base_url

    @property
    def credit_url(self) -> str:
        """Where to add credit; empty where that is unknown."""
        return self.preset.credit_url if self.base_url == self.preset.base_url else ""

    def body(self, request: Request) -> dict[str, Any]:
        """The JSON body for ``request`` (kimi.md, Requests): no sampling parameter unless a setting adds it."""
        limit = self.preset.output_limit
        body: dict[str, Any] = {
            "model": self.model,
            "messages": request.messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": min(request.max_tokens, limit) if limit else request.max_tokens,
        }
        if request.tools:
            body |= {"tools": request.tools, "tool_choice": "auto", "parallel_tool_calls": True}
        if request.json_object:
            body["response_format"] = {"type": "json_object"}
        kept = {name: value for name, value in body.items() if name not in self.preset.omit}
        return {**kept, **self.extra_body}

    def headers_for(self, request: Request) -> dict[str, str]:
        """Headers beside the key: the label under which the gateway books the request."""
        tag = request.tag or self.tag
        clean = "".join(c for c in tag if c.isascii() and c.isprintable())[:128]
        return {**self.headers, **({"x-aig-tag": clean} if clean else {})}
