from __future__ import annotations

import subprocess
import sys

import pytest

from lepton_jupyter.exceptions.execution_errors import InvalidWorkerCountError
from lepton_jupyter.execution.core_leases import lease_cores

_HOLD_CORES = """
import sys
from pathlib import Path
from lepton_jupyter.execution.core_leases import lease_cores
lease = lease_cores(2, Path(sys.argv[1]), usable=[0, 1, 2])
print(*lease.cores, flush=True)
sys.stdin.read()
"""


def test_no_core_is_leased_twice(tmp_path):
    with lease_cores(2, tmp_path, usable=[4, 5, 6]) as first, lease_cores(None, tmp_path, usable=[4, 5, 6]) as second:
        assert first.cores == (4, 5)
        assert second.cores == (6,)
        assert not second.shared


def test_when_all_are_taken_one_is_shared_and_says_so(tmp_path):
    with lease_cores(None, tmp_path, usable=[0, 1]), lease_cores(3, tmp_path, usable=[0, 1]) as late:
        assert late.cores == (0,)
        assert late.shared


def test_a_closed_lease_gives_its_cores_back(tmp_path):
    lease = lease_cores(None, tmp_path, usable=[0, 1])
    lease.close()
    lease.close()
    with lease_cores(None, tmp_path, usable=[0, 1]) as again:
        assert again.cores == (0, 1)


def test_the_cores_of_a_killed_kernel_are_free(tmp_path, subprocess_environment):
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD_CORES, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=subprocess_environment,
    ) as other:
        assert other.stdout.readline().split() == [b"0", b"1"]
        with lease_cores(None, tmp_path, usable=[0, 1, 2]) as meanwhile:
            assert meanwhile.cores == (2,)
        other.kill()
        other.wait()
    with lease_cores(None, tmp_path, usable=[0, 1, 2]) as afterwards:
        assert afterwards.cores == (0, 1, 2)


def test_nobody_leases_no_cores(tmp_path):
    with pytest.raises(InvalidWorkerCountError, match="-1 workers"):
        lease_cores(-1, tmp_path)


def test_locks_are_private(tmp_path):
    with lease_cores(1, tmp_path / "new home", usable=[0]):
        assert (tmp_path / "new home" / "cores").stat().st_mode & 0o077 == 0
