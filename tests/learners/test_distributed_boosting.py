"""Workers that boost together begin anew; that they do boost together is seen in test_everything.py of `notebook`."""

from __future__ import annotations

import pytest

from lepton_jupyter.learners.distributed_boosting import _meeting

INTERRUPTED = (
    "[20:27:04] src/collective/result.cc:83: [comm.cc:220|20:27:04]:\n\n"
    "- [comm.cc:220|20:27:04]: Failed to bootstrap the communication group.\n"
    "- [socket.h:79|20:27:04]: recv Interrupted system call\n"
)


class Training:
    """Fails with each of some sentences, then ends."""

    def __init__(self, *sentences):
        self.sentences = list(sentences)
        self.n_begun = 0

    def __call__(self):
        self.n_begun += 1
        if self.sentences:
            raise RuntimeError(self.sentences.pop(0))
        return "trees"


def test_workers_that_did_not_find_each_other_try_once_more():
    training = Training(INTERRUPTED)
    assert _meeting(training) == "trees"
    assert training.n_begun == 2


@pytest.mark.parametrize(("sentences", "n_begun"), [((INTERRUPTED, INTERRUPTED), 2), (("max_depth is negative",), 1)])
def test_what_goes_on_failing_and_what_is_wrong_otherwise_is_told(sentences, n_begun):
    training = Training(*sentences)
    with pytest.raises(RuntimeError, match=sentences[0].splitlines()[-1][:9].replace("[", ".")):
        _meeting(training)
    assert training.n_begun == n_begun
