"""An address of something at a broker: host, login, name and options, and what may be said of it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from lepton_jupyter.exceptions.source_errors import said_by
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


def address_parts(address: str) -> SplitResult:
    """Take an address apart, whose port is then a number or not written.

    Parameters
    ----------
    address : str

    Returns
    -------
    parts : urllib.parse.SplitResult

    Raises
    ------
    StreamPlaceError
        If its host or its port cannot be read.

    Examples
    --------
    >>> address_parts("mqtt://localhost:1883/plant/#").path
    '/plant/#'
    >>> address_parts("redis://:pass/word@localhost/orders")
    Traceback (most recent call last):
        ...
    lepton_jupyter.exceptions.stream_errors.StreamPlaceError: The address redis://… has no host and port that can be \
read. A port is a number up to 65535; in a login write %40 for @, %2F for / and %3A for a colon.
    """
    try:
        # A topic of MQTT may hold a #, and so may the name of a stream.
        parts = urlsplit(address, allow_fragments=False)
        parts.port  # noqa: B018  reading it is the check
    except ValueError:
        # Nothing more of it: what cannot be read may be a password.
        raise StreamPlaceError.from_unreadable_address(f"{address.partition('://')[0]}://…") from None
    return parts


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """An address, taken apart.

    Parameters
    ----------
    label : str
        The address without login and options.
    scheme, host : str
    port : int
    user, password : str or None
    name : str
        What is there: a queue, a topic, a database.
    options : mapping of str to str

    Examples
    --------
    >>> address = BrokerAddress.parse("mqtts://ada:secret@broker/plant/#?qos=0", {"mqtts": 8883}, "…", ["qos"])
    >>> address.label, address.port, address.name, address.options
    ('mqtts://broker/plant/#', 8883, 'plant/#', {'qos': '0'})
    """

    label: str
    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None
    name: str
    options: Mapping[str, str]

    @classmethod
    def parse(cls, address: str, ports: Mapping[str, int], wanted: str, options: Collection[str]) -> Self:
        """Take an address apart.

        Parameters
        ----------
        address : str
        ports : mapping of str to int
            Where each scheme is spoken, if the address does not say.
        wanted : str
            A whole address, for who wrote half of one.
        options : collection of str
            Those that are known.

        Returns
        -------
        address : BrokerAddress

        Raises
        ------
        StreamPlaceError
            If it cannot be read, has no name, or an option that is not known.
        """
        parts = address_parts(address)
        host, written = parts.hostname or "localhost", parts.port
        name = unquote(parts.path.removeprefix("/"))
        label = f"{parts.scheme}://{host}{f':{written}' if written else ''}/{name}"
        if not name:
            raise StreamPlaceError.from_address(label, wanted)
        given = dict(parse_qsl(parts.query))
        for each in given:
            if each not in options:
                raise StreamPlaceError.from_address_option(each, label, options)
        user, password = (None if each is None else unquote(each) for each in (parts.username, parts.password))
        return cls(label, parts.scheme, host, written or ports[parts.scheme], user, password, name, given)

    @contextmanager
    def asking(self, *errors: type[BaseException]) -> Iterator[None]:
        """Turn what a library raises into an error after which the stream asks again.

        Parameters
        ----------
        errors : type
            Of the library.

        Raises
        ------
        StreamConnectionError
        """
        awaited: tuple[type[BaseException], ...] = (*errors, OSError, TimeoutError)
        try:
            yield
        except awaited as error:
            if isinstance(error, StreamConnectionError):
                raise
            raise StreamConnectionError.from_error(self.label, RuntimeError(said_by(error))) from None
