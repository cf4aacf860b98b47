from __future__ import annotations

import shutil

import pytest
from streaming.redis_server import RedisServer


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """Sources that soon say that nothing came: a test would wait for nothing else."""
    for name in (
        "amqp_queues", "generator_source", "growing_files", "kafka_source", "mqtt_topics", "nats_streams",
        "postgres_table", "redis_source", "websocket_messages",
    ):  # fmt: skip
        monkeypatch.setattr(f"lepton_jupyter.streaming.{name}.PATIENCE_SECONDS", 0.02)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    """A Redis whose databases may be emptied."""
    pytest.importorskip("redis", reason="the package redis is not installed")
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()
