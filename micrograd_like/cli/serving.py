"""A folder of files served to this machine alone, compressed where a compressed copy lies there."""

from __future__ import annotations

import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: This machine, and no other.
ADDRESS = "127.0.0.1"
#: What a page may do that is served from here: nothing comes from, or goes to, another host.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of the folder's files, on this machine; port 0 takes one that is free.

    Raises:
        OSError: The port is taken, or not allowed.
    """
    return ThreadingHTTPServer((ADDRESS, port), functools.partial(_Files, directory=str(folder)))


class _Files(SimpleHTTPRequestHandler):
    """Files with their types; a folder shows its index.html, and no list."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, **_TYPES}  # noqa: RUF012
    _packed = False

    def translate_path(self, path: str) -> str:
        """The file to send: the compressed copy, where there is one and it can be read."""
        found = Path(super().translate_path(path))
        if found.is_dir():
            found /= "index.html"
        packed = found.with_name(f"{found.name}.gz")
        accepted = (part.split(";")[0].strip() for part in self._accepts())
        self._packed = "gzip" in accepted and packed.is_file()
        return str(packed if self._packed else found)

    def guess_type(self, path: str | object) -> str:
        """The type of what is in the file, compressed or not."""
        name = str(path)
        return super().guess_type(name.removesuffix(".gz") if self._packed else name)

    def end_headers(self) -> None:
        """What holds for every file."""
        if self._packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a terminal is no log."""

    def _accepts(self) -> list[str]:
        return self.headers.get("Accept-Encoding", "").split(",")
