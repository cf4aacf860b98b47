from __future__ import annotations

import pytest

from lepton_jupyter.widgets.kernel_comms import answer_while_busy


class PinningComm:
    """As ipykernel 7.4: replies go to the shell of the last message that was sent."""

    def _reply_subshell_for(self, data, default):
        return "main"


def test_a_pinned_comm_follows_the_page_again():
    comm = PinningComm()
    assert answer_while_busy(comm)
    assert comm._reply_subshell_for({"method": "custom"}, "subshell-1") == "subshell-1"


def test_other_kernels_are_left_alone():
    comm = object()
    assert not answer_while_busy(comm)


def test_the_kernel_installed_here_has_the_hook_that_is_replaced():
    ipykernel = pytest.importorskip("ipykernel")
    if ipykernel.version_info[:2] != (7, 4):
        pytest.skip(f"ipykernel {ipykernel.__version__}: the remedy is for 7.4")
    from ipykernel.comm.comm import BaseComm

    assert hasattr(BaseComm, "_reply_subshell_for")


def test_the_widget_applies_it_to_its_own_comm(message, monkeypatch):
    import comm as comm_package

    from lepton_jupyter.widgets.run_widget import RunWidget

    recording = comm_package.create_comm
    pinning = type("Pinning", (recording,), {"_reply_subshell_for": PinningComm._reply_subshell_for})
    monkeypatch.setattr(comm_package, "create_comm", pinning)
    widget = RunWidget(message)
    assert widget.comm._reply_subshell_for({}, "subshell-1") == "subshell-1"
