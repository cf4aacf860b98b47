"""An address of a topic in Kafka, or in what speaks its protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lepton_jupyter.exceptions.source_errors import MissingPackageError, said_by
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError
from lepton_jupyter.streaming.broker_address import address_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

#: How long a broker may take for one answer, in seconds.
ANSWER_SECONDS = 10.0


def import_kafka() -> Any:
    """confluent_kafka, or in one sentence how it is had.

    Raises
    ------
    MissingPackageError
    """
    try:
        import confluent_kafka
    except ImportError:
        raise MissingPackageError.from_extra("Kafka", "confluent-kafka", "stream") from None
    return confluent_kafka


class KafkaAddress:
    """One topic, by its address.

    Parameters
    ----------
    address : str
        ``"kafka://host:port,host:port/TOPIC?option=value"``.
    options : collection of str
        What may stand in it.

    Raises
    ------
    StreamPlaceError
        If it has no topic, an option that is not known, or a user: how to log in is for `config` in Python.

    Examples
    --------
    >>> address = KafkaAddress("kafka://localhost:9092/orders?group=a", ["group"])
    >>> address.label, address.topic, address.servers
    ('kafka://localhost:9092/orders', 'orders', 'localhost:9092')
    """

    def __init__(self, address: str, options: Collection[str]) -> None:
        try:
            parts = urlsplit(address)
        except ValueError:
            raise StreamPlaceError.from_unreadable_address("kafka://…") from None
        user, found, hosts = parts.netloc.rpartition("@")
        self.servers = hosts or "localhost:9092"
        for server in self.servers.split(","):  # each of several brokers has its own port
            address_parts(f"kafka://{server}")
        self.topic = unquote(parts.path.strip("/"))
        self.label = f"kafka://{self.servers}/{self.topic}"
        if not self.topic or "/" in self.topic:
            raise StreamPlaceError.from_address(self.label, "kafka://host:port/TOPIC")
        if found or user:
            raise StreamPlaceError.from_login(self.label)
        self.options = dict(parse_qsl(parts.query))
        for name in self.options:
            if name not in options:
                raise StreamPlaceError.from_address_option(name, self.label, list(options))

    def config(self, more: Mapping[str, Any] | None, **own: Any) -> dict[str, Any]:
        """Settings of a client: `own`, with dots for underscores, gives way to `more`."""
        said = {name.replace("_", "."): value for name, value in own.items()}
        # What librdkafka logs would appear in whichever cell runs; the stream says what is wrong itself.
        return {"bootstrap.servers": self.servers, "log_level": 0, **said, **(more or {})}

    def lost(self, error: BaseException) -> StreamConnectionError:
        """What to raise where the broker does not answer."""
        known = error.args[0] if error.args else error
        said = known.str() if hasattr(known, "str") else said_by(error)
        return StreamConnectionError.from_error(self.label, RuntimeError(said))

    def check_topic(self, client: Any) -> list[int]:
        """Partitions of the topic.

        Raises
        ------
        StreamConnectionError
            If no broker answers.
        StreamPlaceError
            If there is no such topic.
        """
        kafka = import_kafka()
        try:
            found = client.list_topics(self.topic, timeout=ANSWER_SECONDS).topics[self.topic]
        except kafka.KafkaException as error:
            raise self.lost(error) from None
        if found.error is not None or not found.partitions:
            raise StreamPlaceError.from_absent("topic", self.label)
        return sorted(found.partitions)
