"""An address of something in Redis: the connection, and what may be said of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlunsplit

from lepton_jupyter.exceptions.source_errors import MissingPackageError, said_by
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError
from lepton_jupyter.streaming.broker_address import address_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

_WANTED = "redis://host:port/NAME, where NAME is that of the stream"
#: How long Redis may take for one answer, in seconds.
_ANSWER_SECONDS = 10.0


def _import_redis() -> Any:
    try:
        import redis.asyncio
    except ImportError:
        raise MissingPackageError.from_extra("Redis", "redis", "stream") from None
    return redis


def _connections_that_pack(redis: Any, *, secure: bool) -> dict[str, Any]:
    """Let hiredis write commands too: in Python, one of a thousand rows takes as long as the model."""
    try:
        from hiredis import pack_command
    except ImportError:
        return {}
    known = redis.asyncio.SSLConnection if secure else redis.asyncio.Connection

    class Packing(known):  # type: ignore[misc,valid-type]  # the library's class, which is known only now
        def pack_command(self, *args: Any) -> list[bytes]:
            first = args[0].encode() if isinstance(args[0], str) else args[0]
            return [pack_command((*first.split(), *args[1:]))]

    return {"connection_class": Packing}


class RedisAddress:
    """One key of a Redis server, by its address.

    Parameters
    ----------
    address : str
        ``"redis://user:password@host:port/NAME?option=value"``; ``rediss`` for TLS. The option ``db`` is the number of
        the database.
    options : collection of str
        Others that may stand in it.

    Raises
    ------
    StreamPlaceError
        If it has no name, or an option that is not known.
    MissingPackageError
        If the package redis is not installed.

    Examples
    --------
    >>> address = RedisAddress("redis://ada:secret@localhost/orders?group=a", ["group"])
    >>> address.label, address.key, address.options
    ('redis://localhost/orders', 'orders', {'group': 'a'})
    """

    def __init__(self, address: str, options: list[str]) -> None:
        self._redis = _import_redis()
        parts = address_parts(address)
        host = (parts.hostname or "localhost") + (f":{parts.port}" if parts.port else "")
        self.key = unquote(parts.path.strip("/"))
        self.label = f"{parts.scheme}://{host}/{self.key}"
        if not self.key or "/" in self.key:
            raise StreamPlaceError.from_address(self.label, _WANTED)
        given = dict(parse_qsl(parts.query))
        self._database = int(given.pop("db", "0")) if given.get("db", "0").isdecimal() else 0
        for name in given:
            if name not in options:
                raise StreamPlaceError.from_address_option(name, self.label, [*options, "db"])
        self.options = given
        self._server = urlunsplit((parts.scheme, parts.netloc, "", "", ""))

    def client(self) -> Any:
        """A client of its own; it connects when it is first asked."""
        return self._redis.asyncio.Redis.from_url(
            self._server,
            **_connections_that_pack(self._redis, secure=self._server.startswith("rediss:")),
            db=self._database,
            # Replies as lists, whatever the version of the library prefers.
            protocol=2,
            socket_timeout=_ANSWER_SECONDS,
            socket_connect_timeout=_ANSWER_SECONDS,
            # The loop of the stream asks again, and says so.
            retry=None,
        )

    @property
    def answered_no(self) -> type[Exception]:
        """What the library raises where Redis refuses a command."""
        refused: type[Exception] = self._redis.ResponseError
        return refused

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Turn what the library raises into an error after which the stream asks again.

        Raises
        ------
        StreamConnectionError
            Also where Redis answers that it cannot for now: it loads, is full, or is a replica.
        """
        try:
            yield
        except (self._redis.RedisError, OSError) as error:
            raise StreamConnectionError.from_error(self.label, RuntimeError(said_by(error))) from None

    async def check_kind(self, client: Any, wanted: str) -> None:
        """Refuse a key that holds something else.

        Raises
        ------
        StreamPlaceError
        """
        with self.asking():
            kind = (await client.type(self.key)).decode()
        if kind not in {"none", wanted}:
            raise StreamPlaceError.from_kind(self.label, kind, wanted)
