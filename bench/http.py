"""A small HTTP/1.1 client for closed loops on this machine: keep-alive, cookies, forms, nothing else."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit


class WrongAnswer(Exception):
    """The server answered something other than what the journey needs; such a journey is not counted as done."""


@dataclass(slots=True)
class Answer:
    """One answer, whole."""

    status: int
    headers: dict[str, str]
    body: str

    def expect(self, status: int) -> "Answer":
        """This answer, if it has `status`."""
        if self.status != status:
            raise WrongAnswer(f"{self.status} instead of {status}: {self.body[:200]!r}")
        return self

    @property
    def location(self) -> str:
        """The path a redirect leads to."""
        parts = urlsplit(self.headers["location"])
        return parts.path + (f"?{parts.query}" if parts.query else "")


PHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/18.5 Mobile/15E148 Safari/604.1")
"""What a customer's browser says it is: who says nothing is taken for a machine, and a machine opens no link."""


@dataclass(slots=True)
class Browser:
    """One keep-alive connection with a cookie jar; `count` is how many requests it made."""

    host: str
    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    count: int = 0
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Answer:
        """GET `path`."""
        return await self._ask("GET", path, b"", None)

    async def post(self, path: str, form: dict[str, str] | list[tuple[str, str]] | None = None,
                   headers: dict[str, str] | None = None) -> Answer:
        """POST a form to `path`."""
        return await self._ask("POST", path, urlencode(form or {}).encode(), headers)

    async def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
            self._reader = self._writer = None

    async def _ask(self, method: str, path: str, body: bytes, more: dict[str, str] | None) -> Answer:
        self.count += 1
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        head = {"Host": f"{self.host}:{self.port}", "User-Agent": PHONE, **self.headers, **(more or {})}
        if self.cookies:
            head["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            head |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        return await self._read()

    async def _read(self) -> Answer:
        reader = self._reader
        if reader is None:
            raise WrongAnswer("not connected")
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                cookie = value.partition(";")[0]
                key, _, content = cookie.partition("=")
                self.cookies[key] = content
            headers[name.lower()] = value
        body = await self._body(reader, headers)
        if headers.get("connection", "").lower() == "close" or head[0].startswith("HTTP/1.0"):
            await self.close()
        return Answer(int(head[0].split()[1]), headers, body.decode("utf-8", "replace"))

    async def _body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            parts = []
            while size := int((await reader.readline()).split(b";")[0], 16):
                parts.append(await reader.readexactly(size))
                await reader.readexactly(2)
            await reader.readexactly(2)
            return b"".join(parts)
        return await reader.readexactly(int(headers.get("content-length", 0)))
