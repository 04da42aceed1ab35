"""``kimi/status``: the one request of our own (README.md, In your editor)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer


def register(server: KimiServer, session: Session) -> None:
    """Answer from what is at hand; the ledger is read beside the loop."""

    async def kimi_status(params: object) -> dict[str, Any]:
        from kimi_lsp.server.status import status

        return await status(session)

    kimi_status.__annotations__.clear()  # pygls passes the server where the type is one of the server's
    server.feature("kimi/status")(kimi_status)
