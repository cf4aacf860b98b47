from __future__ import annotations

import pytest

from lepton_jupyter.execution.control_groups import ControlGroups
from lepton_jupyter.execution.free_memory import free_memory
from lepton_jupyter.execution.usable_cores import usable_cores


@pytest.fixture
def groups(tmp_path):
    """Function that lays out groups: the membership file's text, and the files below the mount."""

    def lay_out(membership, files):
        (tmp_path / "membership").write_text(membership)
        mount = tmp_path / "mount"
        mount.mkdir(exist_ok=True)
        for name, text in files.items():
            path = mount / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return ControlGroups(tmp_path / "membership", mount)

    return lay_out


@pytest.mark.parametrize(
    ("membership", "files", "quota"),
    [
        ("0::/\n", {"cpu.max": "max 100000\n"}, None),
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 1.5),
        ("0::/job/step\n", {"job/cpu.max": "200000 100000\n", "job/step/cpu.max": "400000 100000\n"}, 2.0),
        ("0::/of/the/host\n", {"cpu.max": "50000 100000\n"}, 0.5),
        (
            "4:cpu,cpuacct:/job\n",
            {"cpu,cpuacct/job/cpu.cfs_quota_us": "300000", "cpu,cpuacct/job/cpu.cfs_period_us": "100000"},
            3.0,
        ),
        ("4:cpu,cpuacct:/\n", {"cpu/cpu.cfs_quota_us": "300000", "cpu/cpu.cfs_period_us": "100000"}, 3.0),
        ("4:cpu,cpuacct:/\n", {"cpu,cpuacct/cpu.cfs_quota_us": "-1", "cpu,cpuacct/cpu.cfs_period_us": "100000"}, None),
        ("", {}, None),
    ],
)
def test_processor_quota(groups, membership, files, quota):
    assert groups(membership, files).processor_quota() == quota


@pytest.mark.parametrize(
    ("membership", "files", "limit", "left"),
    [
        ("0::/\n", {"memory.max": "max\n", "memory.current": "10\n"}, None, None),
        (
            "0::/\n",
            {"memory.max": "1000\n", "memory.current": "400\n", "memory.stat": "anon 1\ninactive_file 100\n"},
            1000,
            700,
        ),
        (
            "0::/job\n",
            {"memory.max": "500", "memory.current": "450", "job/memory.max": "900", "job/memory.current": "1"},
            500,
            50,
        ),
        ("0::/\n", {"memory.max": "100", "memory.current": "120"}, 100, 0),
        (
            "9:memory:/\n",
            {
                "memory/memory.limit_in_bytes": "1000",
                "memory/memory.usage_in_bytes": "900",
                "memory/memory.stat": "total_inactive_file 50",
            },
            1000,
            150,
        ),
    ],
)
def test_memory(groups, membership, files, limit, left):
    assert groups(membership, files).memory_limit() == limit
    assert groups(membership, files).memory_left() == left


def test_a_quota_names_the_first_cores_and_at_least_one(groups):
    everything = usable_cores(groups("", {}))
    assert usable_cores(groups("0::/\n", {"cpu.max": "100000 100000"})) == everything[:1]
    assert usable_cores(groups("0::/\n", {"cpu.max": "10000 100000"})) == everything[:1]
    assert usable_cores(groups("0::/\n", {"cpu.max": "99900000 100000"})) == everything


def test_free_memory_is_what_the_group_leaves(groups):
    assert free_memory(groups("0::/\n", {"memory.max": "1000", "memory.current": "400"})) == 600
    assert free_memory(groups("", {})) > 2**20
