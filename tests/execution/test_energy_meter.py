import pytest

from lepton_jupyter.execution.energy_meter import EnergyMeter


@pytest.fixture
def powercap(tmp_path):
    """The kernel's tree of a machine with two packages, the first with its cores as a part of it."""
    for name in ("intel-rapl", "intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "max_energy_range_uj").write_text("10000000\n")
    put(tmp_path, **{"intel-rapl:0": 1_000_000, "intel-rapl:0:0": 5, "intel-rapl:1": 9_000_000})
    return tmp_path


def put(powercap, **counters):
    for name, microjoules in counters.items():
        (powercap / name / "energy_uj").write_text(f"{microjoules}\n")


def test_packages_are_added_and_their_parts_are_not_counted_twice(powercap):
    meter = EnergyMeter(powercap)
    put(powercap, **{"intel-rapl:0": 3_500_000, "intel-rapl:0:0": 900_000, "intel-rapl:1": 9_500_000})
    assert meter.joules() == pytest.approx(3.0)


def test_a_counter_that_began_again_goes_on(powercap):
    meter = EnergyMeter(powercap)
    put(powercap, **{"intel-rapl:1": 500_000})
    assert meter.joules() == pytest.approx(1.5)
    put(powercap, **{"intel-rapl:0": 2_000_000})
    assert meter.joules() == pytest.approx(2.5)


def test_what_may_not_be_read_is_not_measured(powercap):
    meter = EnergyMeter(powercap)
    (powercap / "intel-rapl:1" / "energy_uj").unlink()
    assert meter.joules() is None
    put(powercap, **{"intel-rapl:1": 9_000_000})
    assert meter.joules() is None  # there is a gap in what it knows
