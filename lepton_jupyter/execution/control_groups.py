"""What the control groups of a container or job allow this process: processor time and memory (Linux)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class ControlGroups:
    """Limits set on this process by its control groups, version 1 or 2; none where there are no groups.

    A limit holds for a whole branch of the tree, so each is read from the process's own group up to the root and
    the tightest counts.

    Parameters
    ----------
    membership : Path, default="/proc/self/cgroup"
        Which groups the process is in.
    mount : Path, default="/sys/fs/cgroup"
        Where the groups are.

    Examples
    --------
    >>> ControlGroups(membership=Path("no such file")).processor_quota() is None
    True
    """

    membership: Path = Path("/proc/self/cgroup")
    mount: Path = Path("/sys/fs/cgroup")

    def processor_quota(self) -> float | None:
        """Processors' worth of time that may be used, such as 1.5, or None without a quota."""
        quotas = [*self._quotas_version_2(), *self._quotas_version_1()]
        return min(quotas, default=None)

    def memory_left(self) -> int | None:
        """Bytes that may still be taken before the tightest limit, or None without one."""
        left = [*self._memory_version_2(), *self._memory_version_1()]
        return max(0, min(left)) if left else None

    def memory_limit(self) -> int | None:
        """The tightest limit in bytes, or None without one."""
        limits = [
            limit
            for controller, name in (("", "memory.max"), ("memory", "memory.limit_in_bytes"))
            for folder in self._branch(controller)
            if (limit := _number(folder / name)) is not None
        ]
        return min(limits, default=None)

    def _quotas_version_2(self) -> Iterator[float]:
        for folder in self._branch(""):
            words = _read(folder / "cpu.max").split()
            if len(words) == 2 and words[0] != "max":
                yield int(words[0]) / int(words[1])

    def _quotas_version_1(self) -> Iterator[float]:
        for folder in self._branch("cpu"):
            quota, period = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
            if quota is not None and period and quota > 0:
                yield quota / period

    def _memory_version_2(self) -> Iterator[int]:
        for folder in self._branch(""):
            limit, used = _number(folder / "memory.max"), _number(folder / "memory.current")
            if limit is not None and used is not None:
                yield limit - used + _statistic(folder / "memory.stat", "inactive_file")

    def _memory_version_1(self) -> Iterator[int]:
        for folder in self._branch("memory"):
            limit, used = _number(folder / "memory.limit_in_bytes"), _number(folder / "memory.usage_in_bytes")
            if limit is not None and used is not None:
                yield limit - used + _statistic(folder / "memory.stat", "total_inactive_file")

    def _branch(self, controller: str) -> Iterator[Path]:
        """Folders of the process's group of a controller ("" for version 2), from its own up to the root."""
        for line in _read(self.membership).splitlines():
            _, controllers, path = line.split(":", 2)
            if controller not in controllers.split(","):
                continue
            root = self.mount / controllers if controller else self.mount
            if controller and not root.exists():
                root = self.mount / controller
            # In a container the path may be the host's, which is not mounted here; its root still is.
            folder = root / path.lstrip("/")
            while folder != root:
                if folder.exists():
                    yield folder
                folder = folder.parent
            yield root


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    text = _read(path).strip()
    return int(text) if text.lstrip("-").isdigit() else None


def _statistic(path: Path, name: str) -> int:
    for line in _read(path).splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0
