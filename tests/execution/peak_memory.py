"""The most memory that this process has had in RAM, as Linux counts it.

Not ``getrusage``: its peak outlives the start of a program, so that a worker begins with that of whoever started it.
"""

from __future__ import annotations

from pathlib import Path


def peak_bytes():
    """Since the start of the program, or since the last `forget_peak`."""
    [line] = [each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def forget_peak():
    """Count anew, from what is there now."""
    Path("/proc/self/clear_refs").write_text("5")
