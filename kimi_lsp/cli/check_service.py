"""What ``kimi-lsp doctor`` asks the service: is it there, is it the right one, does it know the model."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import AsyncIterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from kimi_lsp.cli.check import Check
from kimi_lsp.cli.check_answer import parts_of, price, tried
from kimi_lsp.model.errors import ModelError

if TYPE_CHECKING:
    from kimi_lsp.model.config import GatewayConfig
    from kimi_lsp.model.describe import Inquiry

CONNECT_S = 5.0
EXPIRES_SOON_DAYS = 14
PORTS = {"https": 443, "http": 80}


def base_url(url: str, *, with_key: bool) -> Check:
    """Whether the address can be used at all."""
    mend = "set model.base_url or KIMI_LSP_BASE_URL, such as https://api.aigateway.sh/v1"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return Check("base url", "fail", f"{url}: {error}", mend)
    if parts.scheme not in PORTS or not host:
        return Check("base url", "fail", f"{url} is no http or https address", mend)
    if parts.query or parts.fragment or parts.path.endswith("/chat/completions"):
        return Check("base url", "fail", f"{url} is not where the service's paths begin", mend)
    if parts.scheme == "http" and with_key and not is_loopback(url):
        return Check("base url", "warn", f"{url} would carry the key unencrypted", "use https")
    return Check("base url", "ok", url)


def is_loopback(url: str) -> bool:
    """Whether nobody but this machine is asked, so that nothing costs money."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def asked(config: GatewayConfig, *, live: bool) -> AsyncIterator[Check]:
    """Ask step by step; the first step that fails is the last."""
    from kimi_lsp.model.describe import Inquiry
    from kimi_lsp.model.retry import RetryPolicy

    parts = urlsplit(config.base_url)
    for connected in (await _connected(parts), await _encrypted(parts)):
        yield connected
        if connected.status == "fail":
            return
    inquiry = Inquiry(config, retry=RetryPolicy(tries=1, tries_after_timeout=1))
    try:
        known = await _known(inquiry)
        yield known
        if known.status == "fail":
            return
        if live or is_loopback(config.base_url):
            for check in await tried(inquiry):
                yield check
        else:
            yield Check("live request", "skipped", f"--live sends one, which costs {price(config)} at most")
    finally:
        await inquiry.aclose()


async def _connected(parts: SplitResult) -> Check:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    if proxy := _proxy(parts):
        return Check("network", "ok", f"{host} is asked through the proxy {proxy}")
    begun = time.monotonic()
    try:
        async with _connection(host, port, None):
            took_ms = (time.monotonic() - begun) * 1000
            return Check("network", "ok", f"{host}:{port} answers within {took_ms:.0f} ms")
    except asyncio.TimeoutError:
        why, mend = f"no answer within {CONNECT_S:g} s", "check the network, a firewall, or set HTTPS_PROXY"
    except socket.gaierror as error:
        why, mend = f"the name is not known ({error.strerror})", "check the address and the network"
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        mend = "check the address, and whether the service runs"
    return Check("network", "fail", f"{host}:{port}: {why}", mend)


async def _encrypted(parts: SplitResult) -> Check:
    """The handshake, and how long the certificate is valid."""
    if parts.scheme == "http":
        return Check("tls", "ok", "none, the address is a http one")
    if proxy := _proxy(parts):
        return Check("tls", "skipped", f"the proxy {proxy} is in between")
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        async with _connection(host, port, ssl.create_default_context()) as writer:
            version = writer.get_extra_info("ssl_object").version()
            certificate = writer.get_extra_info("peercert") or {}
    except ssl.SSLCertVerificationError as error:
        mend = "install your company's certificate, or point SSL_CERT_FILE to it; check the clock"
        return Check("tls", "fail", f"the certificate is not trusted: {error.verify_message}", mend)
    except (OSError, asyncio.TimeoutError) as error:
        return Check("tls", "fail", f"no handshake: {error}", "check that the address is a https one")
    ends_s = ssl.cert_time_to_seconds(certificate["notAfter"])
    ends = datetime.fromtimestamp(ends_s, timezone.utc)
    days = (ends - datetime.now(timezone.utc)).days
    found = f"{version}, certificate valid until {ends:%Y-%m-%d}"
    if days < EXPIRES_SOON_DAYS:
        return Check("tls", "warn", found, "the service's certificate ends soon: tell them")
    return Check("tls", "ok", found)


async def _known(inquiry: Inquiry) -> Check:
    try:
        card = await inquiry.model_card()
    except ModelError as error:
        return Check("model", "fail", *parts_of(error))
    sizes = [
        f"{card[name]:,} tokens of {what}"
        for name, what in (("context_window", "context"), ("max_output_tokens", "output"))
        if isinstance(card.get(name), int)
    ]
    return Check("model", "ok", ", ".join([str(card["id"]), *sizes]))


@contextlib.asynccontextmanager
async def _connection(
    host: str, port: int, context: ssl.SSLContext | None
) -> AsyncIterator[asyncio.StreamWriter]:
    opening = asyncio.open_connection(host, port, ssl=context)
    _, writer = await asyncio.wait_for(opening, CONNECT_S)
    try:
        yield writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _proxy(parts: SplitResult) -> str:
    """The proxy that the environment names for this address, without its password."""
    proxy = getproxies().get(parts.scheme, "")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return ""
    return urlsplit(proxy).hostname or proxy
