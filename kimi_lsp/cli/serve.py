"""The default command: the language server over stdio, TCP or WebSocket."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import sys
from typing import BinaryIO


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How to talk, and where to log."""
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--stdio", action="store_true", help="talk over stdin and stdout (the default)")
    way.add_argument("--tcp", metavar="HOST:PORT", type=address, help="listen for one client")
    way.add_argument("--ws", metavar="HOST:PORT", type=address, help="listen for one WebSocket client")
    parser.add_argument(
        "--log-level", default="warning", choices=["debug", "info", "warning", "error"], metavar="LEVEL",
        help="debug, info, warning (the default) or error",
    )  # fmt: skip
    parser.add_argument("--log-file", metavar="FILE", help="log here instead of stderr")


def run(arguments: argparse.Namespace) -> int:
    """Serve one client until it leaves."""
    protocol_out = _claim_stdout() if arguments.tcp is None and arguments.ws is None else None
    try:
        _set_up_logging(arguments.log_level, arguments.log_file)
    except OSError as error:
        print(f"kimi-lsp: cannot log to {arguments.log_file}: {error.strerror}", file=sys.stderr)
        return 2
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_serve(arguments, protocol_out))
    return 130


async def _serve(arguments: argparse.Namespace, protocol_out: BinaryIO | None) -> int:
    gc.disable()  # lsprotocol makes a thousand classes, and collecting among them finds nothing: a sixth of the start
    from kimi_lsp.server import transport
    from kimi_lsp.server.app import build

    connection = build().protocol
    gc.freeze()
    gc.enable()
    try:
        if protocol_out is not None:
            return await transport.serve_stdio(connection, sys.stdin.buffer, protocol_out)
        if arguments.tcp is not None:
            return await transport.serve_tcp(connection, *arguments.tcp)
        return await transport.serve_websocket(connection, *arguments.ws)
    except OSError as error:
        print(f"kimi-lsp: cannot listen: {error.strerror or error}", file=sys.stderr)
        return 2


def address(text: str) -> tuple[str, int]:
    """``HOST:PORT``, ``[::1]:PORT`` or ``:PORT`` (loopback); port 0 takes a free one."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)


def _claim_stdout() -> BinaryIO:
    """Keep the real stdout for the protocol; whatever else prints goes to stderr."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


_QUIET = ("pygls", "lsprotocol", "websockets", "openai", "httpx2", "httpcore2", "asyncio")
"""Loggers that write down whole messages, headers or bodies at a lower level than WARNING."""


def _set_up_logging(level: str, file: str | None) -> None:
    from kimi_lsp.server.clean_log import CleanFormatter

    handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    handler.setLevel(level.upper())
    handler.setFormatter(CleanFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
