"""What a service says of its models: ``GET /models/{id}``, or its whole list where it has no such page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from kimi_lsp.model.errors import BadKey, ModelError, NotAStream, TimedOut, UnknownModel
from kimi_lsp.model.gateway import Gateway

NAMES_SHOWN = 5


class Inquiry(Gateway):
    """A gateway that can be asked about itself. Nothing of this costs money."""

    async def model_card(self) -> Mapping[str, Any]:
        """The description of the model in force; it has an ``id``, other fields as the service likes.

        Raises:
            UnknownModel: the service has no such model; it is said which ones it has.
            NotAStream: it answers with something that describes no model.
            ModelError: it cannot be asked.
        """
        if self.config.needs_key and not self.config.key:
            raise BadKey(missing=True)
        try:
            card = await self._got(f"/models/{self.config.model}")
        except UnknownModel as unknown:
            return await self._listed(unknown)
        if not isinstance(card.get("id"), str):
            raise NotAStream("JSON that describes no model")
        return card

    async def _listed(self, unknown: UnknownModel) -> Mapping[str, Any]:
        """The model's entry in the list of all: some services have no page for each."""
        try:
            listed = (await self._got("/models")).get("data")
        except (UnknownModel, NotAStream):
            raise unknown from None
        cards = [card for card in listed if isinstance(card, dict)] if isinstance(listed, list) else []
        for card in cards:
            if card.get("id") == self.config.model:
                return card
        names = ", ".join(str(card.get("id")) for card in cards[:NAMES_SHOWN])
        raise UnknownModel(self.config.model, f"there are {names}" if names else "") from None

    async def _got(self, path: str) -> Mapping[str, Any]:
        import httpx2
        import openai

        client = await self._client()
        deadline_s = self.config.deadlines.first_byte_s
        try:
            response = await asyncio.wait_for(client.get(path, cast_to=httpx2.Response), deadline_s)
            value = json.loads(response.content)
        except openai.OpenAIError as error:
            raise self._hidden(_meant(error) or self._not_sent(error)) from None
        except ModelError as error:
            raise self._hidden(error) from None
        except asyncio.TimeoutError:
            raise TimedOut("first byte", deadline_s) from None
        except (ValueError, RecursionError):
            page = response.content.lstrip()[:1] == b"<"
            raise NotAStream("a web page" if page else "a body that is no JSON") from None
        return value if isinstance(value, dict) else {}


def _meant(error: BaseException) -> ModelError | None:
    """The error of ours that openai has wrapped, if any."""
    cause = error.__cause__
    return cause if isinstance(cause, ModelError) else None
