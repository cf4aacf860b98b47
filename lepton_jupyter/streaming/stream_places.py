"""What a person names as source or sink of a stream, as one: tables, paths, addresses, generators, functions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.exceptions.stream_errors import StreamPlaceError
from lepton_jupyter.streaming.function_sink import FunctionSink
from lepton_jupyter.streaming.generator_source import GeneratorSource
from lepton_jupyter.streaming.growing_files import GrowingFiles
from lepton_jupyter.streaming.json_lines_file import JsonLinesFile
from lepton_jupyter.streaming.owner_lease import LEASE_SECONDS
from lepton_jupyter.streaming.parquet_folder import ParquetFolder
from lepton_jupyter.streaming.table_replay import TableReplay

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepton_jupyter.streaming.stream_sink import Sink
    from lepton_jupyter.streaming.stream_source import Source

_POSTGRES = ("postgresql", "postgres")
_SQL = ("sqlite", *_POSTGRES)
_REDIS = ("redis", "rediss")
_MQTT = ("mqtt", "mqtts")
_AMQP = ("amqp", "amqps")
_WEBSOCKETS = ("ws", "wss")


def _sql_sink(address: str) -> Sink:
    from lepton_jupyter.streaming.sql_upserts import SqlUpserts

    return SqlUpserts(address.replace("postgres://", "postgresql://", 1))


def _redis_source(address: str, name: str) -> Source:
    from lepton_jupyter.streaming.redis_source import RedisSource

    return RedisSource(address, name)


def _redis_sink(address: str) -> Sink:
    from lepton_jupyter.streaming.redis_sink import RedisSink

    return RedisSink(address)


def _kafka_source(address: str, name: str) -> Source:
    from lepton_jupyter.streaming.kafka_source import KafkaSource

    return KafkaSource(address, name)


def _kafka_sink(address: str) -> Sink:
    from lepton_jupyter.streaming.kafka_sink import KafkaSink

    return KafkaSink(address)


def _nats_source(address: str, name: str) -> Source:
    from lepton_jupyter.streaming.nats_streams import NatsSource

    return NatsSource(address, name)


def _nats_sink(address: str) -> Sink:
    from lepton_jupyter.streaming.nats_streams import NatsSink

    return NatsSink(address)


def _mqtt_source(address: str, name: str) -> Source:
    from lepton_jupyter.streaming.mqtt_topics import MqttSource

    return MqttSource(address, name)


def _mqtt_sink(address: str) -> Sink:
    from lepton_jupyter.streaming.mqtt_topics import MqttSink

    return MqttSink(address)


def _amqp_source(address: str, _: str) -> Source:
    from lepton_jupyter.streaming.amqp_queues import AmqpSource

    return AmqpSource(address)


def _amqp_sink(address: str) -> Sink:
    from lepton_jupyter.streaming.amqp_queues import AmqpSink

    return AmqpSink(address)


def _websocket_source(address: str, _: str) -> Source:
    from lepton_jupyter.streaming.websocket_messages import WebsocketSource

    return WebsocketSource(address)


def _websocket_sink(address: str) -> Sink:
    from lepton_jupyter.streaming.websocket_messages import WebsocketSink

    return WebsocketSink(address)


def _postgres_source(address: str, _: str) -> Source:
    from lepton_jupyter.streaming.postgres_table import PostgresSource

    return PostgresSource(address)


#: What opens an address, by its scheme. Each imports its library only then.
_SOURCES: Mapping[str, Callable[[str, str], Source]] = {
    "kafka": _kafka_source,
    "nats": _nats_source,
    **dict.fromkeys(_MQTT, _mqtt_source),
    **dict.fromkeys(_AMQP, _amqp_source),
    **dict.fromkeys(_WEBSOCKETS, _websocket_source),
    **dict.fromkeys(_POSTGRES, _postgres_source),
    **dict.fromkeys(_REDIS, _redis_source),
}
_SINKS: Mapping[str, Callable[[str], Sink]] = {
    "kafka": _kafka_sink,
    "nats": _nats_sink,
    **dict.fromkeys(_MQTT, _mqtt_sink),
    **dict.fromkeys(_AMQP, _amqp_sink),
    **dict.fromkeys(_WEBSOCKETS, _websocket_sink),
    **dict.fromkeys(_REDIS, _redis_sink),
    **dict.fromkeys(_SQL, _sql_sink),
}


def source_of(
    value: Any,
    *,
    name: str,
    label: str | None = None,
    time: str | None = None,
    speed: float | None = None,
    until_end: bool = False,
) -> Source:
    """Source that a person means.

    Parameters
    ----------
    value : Source, DataFrame, str, path, async generator, or a function that makes one
    name : str
        Of the stream: who reads, where a source keeps apart its readers.
    label : str, optional
        What a table is called.
    time, speed : optional
        How a table is replayed.
    until_end : bool
        Whether files end the stream when all of them is read.

    Returns
    -------
    source : Source

    Raises
    ------
    StreamPlaceError
        If it is none.

    Examples
    --------
    >>> source_of([{"age": 31}], name="ages", label="ages").label
    'ages'
    """
    if isinstance(value, str | os.PathLike):
        return _source_at(os.fspath(value), name, time, until_end=until_end)
    if all(hasattr(value, each) for each in ("read", "commit", "replays", "keeps_offsets")):
        made: Source = value
        return made
    if hasattr(value, "__aiter__") or hasattr(value, "__next__") or callable(value):
        return GeneratorSource(value, label=label)
    if value is None:
        raise StreamPlaceError.from_value(value, "source")
    return TableReplay(to_pandas(value), label=label or "table", time=time, speed=speed)


def _source_at(text: str, name: str, time: str | None, *, until_end: bool) -> Source:
    if time is not None:
        raise StreamPlaceError.from_option("--time", "a table that is replayed")
    scheme, found, _ = text.partition("://")
    if not found or scheme == "file":
        return GrowingFiles(Path(text.removeprefix("file://")).expanduser(), until_end=until_end)
    if scheme.lower() not in _SOURCES:
        raise StreamPlaceError.from_scheme(scheme, "source", _SOURCES)
    return _SOURCES[scheme.lower()](text, name)


def _shared_redis(address: str, name: str, seat: int) -> Source:
    from lepton_jupyter.streaming.redis_source import RedisSource

    # Each reader has a name of its own, or what one was given would be another's to finish.
    return RedisSource(address, name, reader=f"lepton-{seat}")


def _shared_kafka(address: str, name: str, seat: int) -> Source:
    del seat
    from lepton_jupyter.streaming.kafka_source import KafkaSource

    # As long as a lease: the partitions of a worker that died are then shared among the others.
    return KafkaSource(address, name, config={"session.timeout.ms": int(1000 * LEASE_SECONDS)})


#: Sources whose rows the members of a group share, and how each of them opens it.
_SHARED: Mapping[str, Callable[[str, str, int], Source]] = {
    "kafka": _shared_kafka,
    **dict.fromkeys(_REDIS, _shared_redis),
}


def shared_source_of(address: Any, *, name: str, seat: int = 0) -> Source:
    """Source that several loops read together, as one of them opens it.

    Parameters
    ----------
    address : str
    name : str
        Of the stream: names the group.
    seat : int
        Which of the loops it is.

    Returns
    -------
    source : Source

    Raises
    ------
    StreamPlaceError
        If its rows cannot be shared.
    """
    scheme, found, _ = address.partition("://") if isinstance(address, str) else ("", "", "")
    if not found or scheme.lower() not in _SHARED:
        raise StreamPlaceError.from_unshared("source", "a topic of Kafka or a stream of Redis, by its address")
    return _SHARED[scheme.lower()](address, name, seat)


def check_shared_sink(value: Any) -> None:
    """Refuse a sink that several processes cannot write to.

    Raises
    ------
    StreamPlaceError
    """
    if not isinstance(value, str | os.PathLike) or isinstance(sink_of(value), JsonLinesFile):
        raise StreamPlaceError.from_unshared("sink", "an address, or a folder that they all see")


def sink_of(value: Any) -> Sink:
    """Sink that a person means.

    Parameters
    ----------
    value : Sink, str, path or callable
        A folder takes Parquet files; ``.jsonl`` is a file of JSON lines.

    Returns
    -------
    sink : Sink

    Raises
    ------
    StreamPlaceError
        If it is none.

    Examples
    --------
    >>> sink_of(print).label, sink_of("scored.jsonl").label
    ('print()', 'scored.jsonl')
    """
    if isinstance(value, str | os.PathLike):
        return _sink_at(os.fspath(value))
    if all(hasattr(value, each) for each in ("write", "flush", "keyed", "gather_seconds")):
        made: Sink = value
        return made
    if callable(value):
        return FunctionSink(value)
    raise StreamPlaceError.from_value(value, "sink")


def _sink_at(text: str) -> Sink:
    scheme, found, _ = text.partition("://")
    if found and scheme != "file":
        driver = scheme.lower().partition("+")[0]
        if driver not in _SINKS:
            raise StreamPlaceError.from_scheme(scheme, "sink", _SINKS)
        return _SINKS[driver](text)
    path = Path(text.removeprefix("file://")).expanduser()
    if path.suffix.lower() in {".jsonl", ".ndjson"}:
        if not path.parent.is_dir():
            raise StreamPlaceError.from_missing_path(str(path), str(path.parent))
        return JsonLinesFile(path)
    if path.is_file() or (path.suffix and not path.is_dir()):
        raise StreamPlaceError.from_ending(str(path), "sink", [".jsonl"])
    return ParquetFolder(path)
