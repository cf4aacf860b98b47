"""Energy that the processors of this machine draw, by their own counters where these may be read (RAPL, Linux)."""

from __future__ import annotations

import threading
from pathlib import Path


class EnergyMeter:
    """Adds up what all processor packages have drawn since it was made; may be sampled from any thread.

    Intel and AMD processors count their energy (RAPL: running average power limit), and Linux shows the counters as
    files [1]_. Most systems let the superuser alone read them, since they tell something of what others compute. They
    begin at zero again after about an hour at full load, so whoever wants the sum over hours samples in between.

    Parameters
    ----------
    powercap : Path, default="/sys/class/powercap"
        Where the counters are.

    References
    ----------
    .. [1] Power Capping Framework. https://docs.kernel.org/power/powercap/powercap.html

    Examples
    --------
    >>> EnergyMeter(Path("no such folder")).joules() is None
    True
    """

    def __init__(self, powercap: Path = Path("/sys/class/powercap")) -> None:
        # Packages alone, such as intel-rapl:0; cores and memory (intel-rapl:0:0) are parts of them.
        self._packages = [each for each in sorted(powercap.glob("*-rapl:*")) if each.name.count(":") == 1]
        self._lock = threading.Lock()
        self._microjoules = 0
        self._last = self._read()

    def joules(self) -> float | None:
        """Joules since the meter was made, or None where they cannot be measured."""
        with self._lock:
            now = self._read()
            if now is None or self._last is None:
                self._last = None  # a gap in the middle would be energy that nobody counted
                return None
            for package, (value, largest) in now.items():
                drawn = value - self._last[package][0]
                self._microjoules += drawn if drawn >= 0 else drawn + largest
            self._last = now
            return 1e-6 * self._microjoules

    def _read(self) -> dict[Path, tuple[int, int]] | None:
        """Counter and largest value of each package, in microjoules."""
        try:
            found = {
                package: (
                    int((package / "energy_uj").read_text(encoding="ascii")),
                    int((package / "max_energy_range_uj").read_text(encoding="ascii")),
                )
                for package in self._packages
            }
        except (OSError, ValueError):
            return None
        return found or None
