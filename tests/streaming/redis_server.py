"""A Redis of a test's own: the installed program, on a free port, with a folder of its own and nothing kept back."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


class RedisServer:
    """May be killed and started again on what it had written."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.address = f"redis://127.0.0.1:{self.port}"
        self.process = None
        self.start()

    def start(self):
        # AOF always: what was answered is on disk.
        self.process = subprocess.Popen(
            [
                shutil.which("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder,
                "--appendonly", "yes", "--appendfsync", "always", "--save", "",
            ],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        give_up = time.monotonic() + 30
        while True:
            try:
                with self.client() as client:
                    client.ping()
                return
            except OSError:
                pass
            except Exception as error:
                if "onnect" not in type(error).__name__ and "Loading" not in type(error).__name__:
                    raise
            if time.monotonic() >= give_up:
                self.kill()
                raise AssertionError("redis-server did not start")
            time.sleep(0.02)

    def client(self):
        import redis

        return redis.Redis(port=self.port, decode_responses=True, protocol=2)

    def kill(self):
        self.process.kill()
        self.process.wait()
