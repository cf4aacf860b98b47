"""Errors about streams: what they read from, what they write to, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean, shown
from lepton_jupyter.exceptions.source_errors import said_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: What is named by options of a stream.
_ENDS = {"--from": "source", "--to": "sink", "--dead-letters": "place for dead letters"}


class StreamPlaceError(LeptonError, ValueError):
    """Something is no source or no sink of a stream."""

    @classmethod
    def from_scheme(cls, scheme: str, role: str, known: Iterable[str]) -> Self:
        """Build from the scheme of an address that no source, or no sink, is known for."""
        return cls(f"No {role} of a stream is known for {scheme}://. {did_you_mean(scheme, known)}")

    @classmethod
    def from_value(cls, value: object, role: str) -> Self:
        """Build from an object that is neither."""
        wanted = {
            "source": "a data frame, a path, an address such as redis://localhost/orders, or an async generator",
            "sink": "a folder or a file, an address such as redis://localhost/scored, or a function",
        }[role]
        return cls(f"{shown(value)} cannot be the {role} of a stream. Give {wanted}.")

    @classmethod
    def from_unknown_sink(cls, name: str) -> Self:
        """Build from a bare name that the notebook does not have."""
        return cls(
            f"There is no function {name!r} in this notebook to write to. Write {name}/ for a folder, {name}.jsonl for "
            f"a file, or an address such as redis://localhost/{name}."
        )

    @classmethod
    def from_missing_path(cls, path: str, folder: str) -> Self:
        """Build from a path where nothing is, and could not appear either."""
        return cls(
            f"There is nothing at {path!r}, and no folder {folder!r} where it could appear. Make the folder first."
        )

    @classmethod
    def from_ending(cls, path: str, role: str, known: Iterable[str]) -> Self:
        """Build from a file of a kind that a stream does not read, or does not write."""
        return cls(f"{path!r} cannot be the {role} of a stream: end it in {', '.join(known)}, or name a folder.")

    @classmethod
    def from_address(cls, shown_address: str, wanted: str) -> Self:
        """Build from an address that lacks a part, and an example of a whole one."""
        return cls(f"{shown_address!r} does not say where rows are. Write {wanted}.")

    @classmethod
    def from_address_option(cls, name: str, shown_address: str, known: Iterable[str]) -> Self:
        """Build from an option that stands in an address and is not known there."""
        return cls(f"{shown_address} knows no option {name!r}. {did_you_mean(name, known)}")

    @classmethod
    def from_login(cls, shown_address: str) -> Self:
        """Build from an address of Kafka with a user in it."""
        return cls(
            f"{shown_address} cannot hold a user: in Python, give KafkaSource(address, name, config={{…}}) the "
            "settings of librdkafka that log in."
        )

    @classmethod
    def from_unreadable_address(cls, shown_address: str) -> Self:
        """Build from what could be read of an address whose host or port could not."""
        return cls(
            f"The address {shown_address} has no host and port that can be read. A port is a number up to 65535; in a "
            "login write %40 for @, %2F for / and %3A for a colon."
        )

    @classmethod
    def from_absent(cls, kind: str, shown_address: str) -> Self:
        """Build from a topic, or a table, that is not there."""
        return cls(f"There is no {kind} at {shown_address}. Make it first, or correct its name.")

    @classmethod
    def from_kind(cls, shown_address: str, kind: str, wanted: str) -> Self:
        """Build from an address where something of another kind is."""
        return cls(f"{shown_address} is a {kind}, and a {wanted} is needed. Name another one.")

    @classmethod
    def from_key(cls, shown_address: str, name: str, unique: Iterable[str]) -> Self:
        """Build from a table without a unique key of one column, or without the one that was named."""
        listed = ", ".join(repr(each) for each in list(unique)[:6])
        if name:
            known = f"unique are {listed}" if listed else "it has no unique column"
            return cls(
                f"{shown_address} cannot be read by {name!r}, which is not unique; {known}. Write another &by=…."
            )
        return cls(f"{shown_address} has no unique column to be read by. Give it a primary key of one column.")

    @classmethod
    def from_lacking_column(cls, shown_address: str, name: str, known: Iterable[str]) -> Self:
        """Build from a table that is there and lacks a column, and those it has."""
        listed = ", ".join(repr(each) for each in list(known)[:6])
        return cls(f"{shown_address} has no column {name!r} for the results; it has {listed}. Name another table.")

    @classmethod
    def from_column(cls, name: str, option: str, known: Iterable[str]) -> Self:
        """Build from a column that the replayed table does not have."""
        return cls(f"The table has no column {name!r} for {option}. {did_you_mean(name, known)}".rstrip())

    @classmethod
    def from_event_time(cls, name: str) -> Self:
        """Build from a column by which nothing can be replayed."""
        return cls(f"Column {name!r} cannot be replayed by: it must hold dates, or seconds as numbers, none missing.")

    @classmethod
    def from_option(cls, option: str, needs: str) -> Self:
        """Build from an option that means nothing here, and what it needs."""
        return cls(f"{option} needs {needs}. Add it, or leave {option} out.")

    @classmethod
    def from_unshared(cls, role: str, wanted: str) -> Self:
        """Build from a source or a sink that several workers cannot share, and what they can."""
        return cls(f"The {role} cannot be shared by workers. Name {wanted}, or leave --workers out.")


class StreamConnectionError(LeptonError, OSError):
    """A source or a sink does not answer; what was asked of it may be asked again."""

    @classmethod
    def from_error(cls, place: str, error: BaseException) -> Self:
        """Build from a place without secrets, and what was said."""
        return cls(f"{place} does not answer: {said_by(error).rstrip('.')}.")

    @classmethod
    def from_start(cls, error: StreamConnectionError) -> Self:
        """Build from what was said while a stream was to begin: nobody waits for it then."""
        return cls(f"{error} Nothing was started: let it answer, or correct its address.")


class StreamWindowError(LeptonError, ValueError):
    """Windows over event time are asked for that cannot be made."""

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Build from a text that is no window."""
        return cls(f"{text!r} is not a window. Write 10m, 1h/10m (one hour, each ten minutes) or session:30m.")

    @classmethod
    def from_slide(cls, text: str) -> Self:
        """Build from a window whose length is no multiple of its slide."""
        return cls(f"The window {text!r} does not consist of whole slides. Make the first a multiple of the second.")

    @classmethod
    def from_unwanted(cls, label: str, example: str) -> Self:
        """Build from windows of which a model reads no column, and the name of one."""
        return cls(
            f"{label} reads no column of these windows, such as {example!r}. Fit it on "
            "window_features(table, …) with the same windows, or store one: --keep " + example
        )

    @classmethod
    def from_times(cls, name: str, n_rows: int) -> Self:
        """Build from a table some of whose rows have no time."""
        return cls(
            f"Column {name!r} holds no time in {n_rows:,} rows. Leave them out, or fill it with dates or seconds."
        )


class StreamFailedError(LeptonError, RuntimeError):
    """A stream ended before it was told to."""

    @classmethod
    def from_source(cls, place: str, error: BaseException) -> Self:
        """Build from a source that raised and cannot be asked again."""
        return cls(f"{place} raised {type(error).__name__}: {said_by(error).rstrip('.')}. The stream ended there.")

    @classmethod
    def from_lost_workers(cls, n_loops: int) -> Self:
        """Build from a shared stream of which no worker answers, and how many there should be."""
        return cls(f"None of the {n_loops} workers answers. The stream waits for them.")


class DetachedStreamError(LeptonError, RuntimeError):
    """A stream that was to live in a process of its own could not begin; its text is what that process said."""


class StreamUsageError(LeptonError, ValueError):
    """A stream is asked for what it cannot do."""

    @classmethod
    def from_lost_ends(cls, run_id: str, lost: Mapping[str, str]) -> Self:
        """Build from a stream that is to go on, and those of its ends that are not here: their labels by option."""
        told = [
            f"The {_ENDS[option]} of {run_id}, {label}, "
            + ("was not kept, since an address may hold a secret." if "://" in label else "is not here.")
            for option, label in lost.items()
        ]
        line = " ".join(f"{option} {label if '://' in label else '…'}" for option, label in lost.items())
        it = "it" if len(lost) == 1 else "them"
        return cls(f"{' '.join(told)} Name {it}: %lepton resume {run_id} {line}")

    @classmethod
    def from_no_cluster(cls, n_workers: int) -> Self:
        """Build from a wish for workers where there is no cluster."""
        return cls(
            f"--workers {n_workers} needs a Dask cluster, and this kernel has none. "
            f"Start one with %lepton cluster local {n_workers}, or name one: %lepton cluster ADDRESS"
        )

    @classmethod
    def from_few_workers(cls, n_wanted: int, n_workers: int) -> Self:
        """Build from a wish for more workers than the cluster has."""
        return cls(f"--workers {n_wanted} is more than the {n_workers} of the cluster. Ask for at most {n_workers}.")

    @classmethod
    def from_silent_workers(cls, n_open: int, n_loops: int) -> Self:
        """Build from workers of which some did not begin."""
        return cls(
            f"{n_open} of {n_loops} workers have begun to read, and the others do not answer. "
            "Look whether they are busy, and whether lepton-jupyter is installed there."
        )

    @classmethod
    def from_unshared_wish(cls, option: str, why: str) -> Self:
        """Build from an option that does not go with workers, and the reason."""
        return cls(f"{option} does not go with --workers: {why}. Leave one of them out.")

    @classmethod
    def from_kept_end(cls, end: str) -> Self:
        """Build from an end of a stream that lives in the kernel, where the stream is to outlive it."""
        return cls(
            f"The {end} is an object of this kernel and ends with it. Name a path or an address, or leave --detach out."
        )

    @classmethod
    def from_passing_cluster(cls) -> Self:
        """Build from workers that end with the kernel, for a stream that is to outlive it."""
        return cls(
            "--detach with --workers needs a cluster that outlives this kernel. Name one: %lepton cluster ADDRESS"
        )

    @classmethod
    def from_first_champion(cls, run_id: str) -> Self:
        """Build from a roll-back where nobody was promoted, and who predicts."""
        return cls(f"The model of {run_id!r} has predicted from the beginning: there is none before it to go back to.")

    @classmethod
    def from_ended(cls, run_id: str, wish: str) -> Self:
        """Build from a wish that only a stream can fulfil that goes on in this kernel."""
        return cls(
            f"{run_id!r} does not go on in this kernel and cannot {wish}. Go on with it: %lepton resume {run_id}"
        )

    @classmethod
    def from_unseen_results(cls, run_id: str, sink: str) -> Self:
        """Build from a wish for the last results of a stream that another process holds, or held."""
        return cls(
            f"The last results of {run_id!r} are in the memory of the process that streams, which is not this kernel. "
            f"Read them where they are stored: {sink}"
        )

    @classmethod
    def from_lost_class(cls, label: object, n_rows: int) -> Self:
        """Build from a window of labelled rows in which a class does not occur."""
        return cls(f"Class {label!r} does not occur in the newest {n_rows:,} labelled rows, and would be forgotten.")

    @classmethod
    def from_search(cls, run_id: str) -> Self:
        """Build from a run that is no stream, which is to go on in a process of its own."""
        return cls(f"{run_id!r} is no stream, and only streams go on in a process of their own. Leave --detach out.")

    @classmethod
    def from_stream(cls, run_id: str) -> Self:
        """Build from a run that is a stream, where a search is needed."""
        return cls(f"{run_id!r} is a stream and has no board or model of its own. Name the run whose model it uses.")


class OnlineLearnerError(LeptonError, ValueError):
    """Something cannot learn from a stream as its labels come."""

    @classmethod
    def from_name(cls, name: str, known: Iterable[str]) -> Self:
        """Build from a name that no online learner has."""
        return cls(f"No online learner is called {name!r}. {did_you_mean(name, known)}")

    @classmethod
    def from_value(cls, value: object, known: Iterable[str]) -> Self:
        """Build from an object that learns only from whole tables, or is no learner."""
        return cls(
            f"{shown(value)} cannot learn row by row. Give {' or '.join(map(repr, known))}, an estimator of "
            "scikit-learn with partial_fit, or a model of River."
        )

    @classmethod
    def from_task(cls, label: str, *, classifies: bool) -> Self:
        """Build from a learner whose kind of target is not that of the stream's model."""
        has, wants = ("classes", "values") if classifies else ("values", "classes")
        return cls(f"{label} predicts {has}, and the model of the stream {wants}. Give one that predicts {wants}.")

    @classmethod
    def from_probabilities(cls, label: str) -> Self:
        """Build from a classifier that says no probabilities."""
        return cls(f"{label} has no predict_proba as it is set. Give one that has, such as SGDClassifier('log_loss').")
