"""How the server is reached: over standard input and output, or over HTTP on loopback."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Never

import anyio
import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from gitlog_track.errors import LoopbackError

HOST = "127.0.0.1"
"""The one address: who may connect is who has an account on this machine."""
PATH = "/mcp"
GRACE_S = 3
"""So long requests may take after a signal."""


def serve_stdio(server: MCPServer[object]) -> None:
    """Serve the client that started this process, until it closes standard input.

    The SDK leads what anything else prints away from standard output.
    """
    _end_at_signals()
    server.run("stdio")


def _end_at_signals() -> None:
    """End the process at once at SIGTERM and SIGINT.

    The thread that waits for standard input would not end by itself, and folding and
    the index are safe to kill at any instant.
    """
    signal.signal(signal.SIGTERM, _end_now)
    signal.signal(signal.SIGINT, _end_now)


def _end_now(number: int, frame: FrameType | None) -> Never:
    del frame
    os._exit(130 if number == signal.SIGINT else 0)


def listen(port: int) -> socket.socket:
    """Return a socket that listens on loopback.

    Args:
        port: 0 for any that is free.

    Raises:
        LoopbackError: the port is taken, or may not be used.
    """
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Not for what listens already: only for what a server that ended left behind.
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HOST, port))
        found.listen()
    except OSError as err:
        found.close()
        raise LoopbackError(
            f"cannot listen on {HOST}:{port}: {err.strerror}",
            hint="gitlog-track mcp --http --port 0 takes any free port",
        ) from err
    return found


def serve_http(
    server: MCPServer[object], listening: socket.socket, say: Callable[[str], None]
) -> None:
    """Serve clients of this machine over streamable HTTP, until SIGTERM or SIGINT.

    Requests are refused whose Host or Origin is not this very server (421 and 403), so
    that no page in a browser reaches it under a name of its own (DNS rebinding) or from
    another port. Sessions are not kept: each request stands for itself.

    Args:
        server: what is served.
        listening: a socket on loopback.
        say: told where the server is.
    """
    port = listening.getsockname()[1]
    hosts = [f"{HOST}:{port}", f"localhost:{port}"]
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(
            # By default the SDK allows every port, and whatever begins like one.
            allowed_hosts=hosts,
            allowed_origins=[f"http://{host}" for host in hosts],
        ),
    )
    config = uvicorn.Config(
        app, access_log=False, log_config=None, timeout_graceful_shutdown=GRACE_S
    )
    # Before and behind uvicorn, which lets requests end first and signals once more.
    _end_at_signals()
    say(f"listening on http://{HOST}:{port}{PATH}")
    anyio.run(lambda: uvicorn.Server(config).serve(sockets=[listening]))
