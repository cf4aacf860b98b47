"""The electricity that a computation takes, estimated where no counter of the processor can be read."""

from __future__ import annotations

#: A core of a processor that nobody named, at full load.
WATTS_PER_CORE = 12.0
#: Memory draws this for each gigabyte, whether it is read or not.
WATTS_PER_GIGABYTE = 0.3725


def estimated_watt_hours(cpu_seconds: float, wall_seconds: float, memory_bytes: float) -> float:
    """Energy of a computation by the formula of Green Algorithms, without what a data centre adds (its PUE is 1).

    Parameters
    ----------
    cpu_seconds : float
        Summed over cores: a core that waits is held to draw nothing.
    wall_seconds : float
    memory_bytes : float
        Held all the time.

    Returns
    -------
    energy : float
        In watt hours. A laptop's cores draw less than 12 W, a desktop's more: within a factor of two or so.

    References
    ----------
    .. [1] L. Lannelongue, J. Grealey, M. Inouye. Green Algorithms: Quantifying the Carbon Footprint of Computation.
           Advanced Science 8(12):2100707, 2021. doi:10.1002/advs.202100707. The watts of a core whose model is not
           known ("Any") are those of the tool's table TDP_cpu.csv, version 2.2.

    Examples
    --------
    >>> round(estimated_watt_hours(cpu_seconds=7200.0, wall_seconds=3600.0, memory_bytes=4e9), 2)
    25.49
    """
    cores = WATTS_PER_CORE * cpu_seconds
    memory = WATTS_PER_GIGABYTE * memory_bytes / 1e9 * wall_seconds
    return (cores + memory) / 3600.0
