"""What a hover shows: the kept explanation; else, where hovering is a key that somebody pressed, a card at once, and
the explanation is made behind it (clients.md). Where the mouse or an idle moment hovers, a miss costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.capabilities import reads_markdown
from kimi_lsp.server.explanations import code_key, key_of
from kimi_lsp.server.ranges import range_of
from kimi_lsp.syntax.outline import enclosing_at
from kimi_lsp.text.line_index import Position

if TYPE_CHECKING:
    from kimi_lsp.server.documents import OpenDocument
    from kimi_lsp.server.session import Session

BY_KEY = ("neovim", "helix", "kakoune", "kak-lsp")
"""How clients call themselves whose hover is a key (clients.md); the others hover by mouse or when idle."""


def hover(session: Session, document: OpenDocument, position: types.Position) -> types.Hover | None:
    """The card for a position of the document as it is now, or None."""
    tree = session.trees.at_once(document)
    mode = session.settings.hover.mode
    if tree is None or mode == "off":
        return None
    snapshot, encoding = document.snapshot, session.documents.encoding
    offset = snapshot.lines.offset(Position(position.line, position.character), encoding)
    symbol = enclosing_at(tree, offset)
    if symbol is None:
        return None
    code, kept = code_key(document.location, snapshot, symbol), session.explanations
    markdown = kept.get(key_of(code, tree)) if kept.has_some(code) else None
    if markdown is None and explains_a_miss(session):
        under_way = session.hovers.wish(code, document, symbol)
        markdown = (
            f"Kimi is explaining `{symbol.path}`; hover again."
            if under_way
            else f"Kimi could not explain `{symbol.path}`; the action *Explain* tries again."
        )
    if markdown is None:
        return None
    return types.Hover(
        contents=_contents(session, markdown),
        range=range_of(snapshot.lines, symbol.span.start, symbol.span.end, encoding),
    )


def explains_a_miss(session: Session) -> bool:
    """Whether a hover without an explanation starts one."""
    mode = session.settings.hover.mode
    name = session.server.protocol.client_name.lower()
    return mode == "explicit" or (mode == "auto" and name.startswith(BY_KEY))


def _contents(session: Session, markdown: str) -> types.MarkupContent:
    """As Markdown where the client reads it, else the same words as plain text."""
    kind = types.MarkupKind.Markdown if reads_markdown(session.server) else types.MarkupKind.PlainText
    return types.MarkupContent(kind=kind, value=markdown)
