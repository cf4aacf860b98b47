"""Brokers of a test's own: the installed program, on a free port of this machine alone, with a folder of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from streaming.redis_server import free_port

#: Where programs are that are not on everybody's path; PostgreSQL's, the newest first.
_FOLDERS = ["/usr/sbin", "/usr/lib/rabbitmq/bin", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))[::-1]]


def program(name):
    """Path of an installed program; skips where there is none."""
    # RabbitMQ's on Debian's path changes the user and with it the folder.
    folders = _FOLDERS[1:] if name == "rabbitmq-server" else [os.environ.get("PATH", ""), *_FOLDERS]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def wait_for_port(port, process, what):
    """Wait until something listens there."""
    give_up = time.monotonic() + 200
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, f"{what} ended at once"
        assert time.monotonic() < give_up, f"{what} did not start"
        time.sleep(0.05)


class Broker:
    """A broker's process, which may be killed and started again on what it had written.

    Parameters
    ----------
    address : str
    command : list
    port : int
    settings
        As of `subprocess.Popen`.
    """

    def __init__(self, address, command, port, **settings):
        self.address = address
        self._command, self._port, self._settings = command, port, settings
        self._name = Path(command[0]).name
        self.start()

    def start(self):
        give_up = time.monotonic() + 60
        while True:
            # A session of its own: RabbitMQ's program is a script, and what it starts would outlive it.
            self._process = subprocess.Popen(
                self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                **self._settings,
            )  # fmt: skip
            try:
                wait_for_port(self._port, self._process, self._name)
            except AssertionError:
                # Processes of the one before may still let go of its memory.
                if time.monotonic() >= give_up:
                    raise
                time.sleep(0.5)
            else:
                return

    def kill(self):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def end(self):
        if self._process.poll() is None:
            # PostgreSQL's other processes have sessions of their own, and end when it does.
            os.killpg(self._process.pid, signal.SIGQUIT if self._name == "postgres" else signal.SIGKILL)
            self._process.wait()


@contextmanager
def _running(address, command, port, **settings):
    broker = Broker(address, command, port, **settings)
    try:
        yield broker
    finally:
        broker.end()


@contextmanager
def nats_server(folder):
    """A NATS server with JetStream."""
    command, port = program("nats-server"), free_port()
    with _running(
        f"nats://127.0.0.1:{port}", [command, "-js", "-a", "127.0.0.1", "-p", str(port), "-sd", folder], port
    ) as it:
        yield it


@contextmanager
def mosquitto(folder):
    """Address of an MQTT broker that keeps sessions."""
    with mosquitto_broker(folder) as broker:
        yield broker.address


@contextmanager
def mosquitto_broker(folder, *, saves_at_once=False):
    """An MQTT broker; one that is to be killed writes down every change."""
    command, port = program("mosquitto"), free_port()
    settings = folder / "mosquitto.conf"
    settings.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {folder}/\n"
        f"user {getpass.getuser()}\nmax_queued_messages 0\nmax_inflight_messages 0\n"
        + ("autosave_interval 1\nautosave_on_changes true\n" if saves_at_once else "")
    )
    with _running(f"mqtt://127.0.0.1:{port}", [command, "-c", settings], port) as broker:
        yield broker


@contextmanager
def rabbitmq(folder):
    """Address of an AMQP broker."""
    with rabbitmq_broker(folder) as broker:
        yield broker.address


@contextmanager
def rabbitmq_broker(folder):
    """An AMQP broker."""
    command, port, names = program("rabbitmq-server"), free_port(), free_port()
    (folder / "plugins").write_text("[].\n")
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
    of_its_own = {
        "HOME": folder, "RABBITMQ_BASE": folder, "RABBITMQ_MNESIA_BASE": folder / "data",
        "RABBITMQ_LOG_BASE": folder / "log", "RABBITMQ_PID_FILE": folder / "pid",
        "RABBITMQ_CONFIG_FILE": folder / "rabbitmq", "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "plugins",
        "RABBITMQ_NODENAME": f"lepton{port}@localhost", "RABBITMQ_DIST_PORT": free_port(),
        "ERL_EPMD_PORT": names, "ERL_EPMD_ADDRESS": "127.0.0.1", "RABBITMQ_SERVER_ERL_ARGS": "+S 1:1",
    }  # fmt: skip
    environment = os.environ | {name: str(value) for name, value in of_its_own.items()}
    try:
        with _running(f"amqp://127.0.0.1:{port}", [command], port, env=environment) as broker:
            yield broker
    finally:
        # Erlang's own name server outlives the broker that started it.
        subprocess.run(["epmd", "-port", str(names), "-kill"], check=False, capture_output=True)


@contextmanager
def postgresql():
    """Address of a database server."""
    with postgresql_server() as broker:
        yield broker.address


@contextmanager
def postgresql_server():
    """A database server; it refuses to be run by root, who lends it to its own user."""
    initdb, command, port = program("initdb"), program("postgres"), free_port()
    user = {"user": "postgres"} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="lepton-postgres-"))
    try:
        if user:
            shutil.chown(folder, "postgres")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **user}
        data = folder / "data"
        subprocess.run([initdb, "-D", data, "-A", "trust", "-U", "lepton", "--no-sync"], check=True, **quiet)
        settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=20"]
        options = [part for each in settings for part in ("-c", each)]
        address = f"postgresql://lepton@127.0.0.1:{port}/postgres"
        with _running(address, [command, "-D", data, *options], port, cwd=folder, **user) as broker:
            yield broker
    finally:
        shutil.rmtree(folder, ignore_errors=True)
