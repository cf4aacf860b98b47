"""A real Jupyter kernel, and one who types into it."""

from __future__ import annotations

import os
import queue
from contextlib import suppress

import psutil
from jupyter_client.manager import KernelManager

PATIENCE = 90


class KernelSession:
    """A kernel and one who types into it."""

    def __init__(self, **environment):
        self.manager = KernelManager()
        self.manager.start_kernel(env={**os.environ, "LEPTON_CLUSTER": "off", **environment})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.process = psutil.Process(self.manager.provisioner.pid)

    def __call__(self, source):
        """Run a cell; its reply, and what it showed."""
        self.start(source)
        return self.end()

    def do(self, source):
        """Run a cell that must not fail."""
        reply, _outputs = self(source)
        assert reply["status"] == "ok", reply

    def start(self, source):
        """Begin a cell, and return when the kernel has begun it."""
        self.cell = self.client.execute(source)
        self.outputs = []
        self.hear_until(lambda kind, _content: kind == "execute_input")

    def end(self):
        """Wait for the end of the cell."""
        self.hear_until(lambda kind, content: kind == "status" and content["execution_state"] == "idle")
        reply = self.client.get_shell_msg(timeout=PATIENCE)
        while reply["parent_header"].get("msg_id") != self.cell:
            reply = self.client.get_shell_msg(timeout=PATIENCE)
        return reply["content"], self.outputs

    def hear_until(self, is_last):
        """Take what the cell shows, up to what is last."""
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != self.cell:
                continue
            kind, content = message["msg_type"], message["content"]
            self.outputs.append((kind, content))
            if is_last(kind, content):
                return

    def value(self, source):
        """Run a cell that must not fail, and read its value."""
        reply, outputs = self(source)
        assert reply["status"] == "ok", reply
        [value] = [content["data"]["text/plain"] for kind, content in outputs if kind == "execute_result"]
        return value

    def wait_for_a_model(self):
        self.do(
            "import threading\nfirst = threading.Event()\n"
            "note = lambda logged: type(logged.event).__name__ == 'TrialFinished' and first.set()\n"
            "unsubscribe = run.subscribe(note)\n"
            "assert len(run.leaderboard) > 1 or first.wait(60)"
        )

    def close(self):
        with suppress(queue.Empty, RuntimeError):
            self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
