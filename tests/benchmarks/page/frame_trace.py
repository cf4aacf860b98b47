"""What a page's main thread did in each frame, as Chromium's own trace tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import CDPSession, Page

_CATEGORIES = ("toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata")
#: Milliseconds within which Chromium hands a trace over.
_PATIENCE = 120_000


def traced(page: Page, act: Callable[[], object]) -> list[dict[str, Any]]:
    """Trace the page while `act` goes on.

    Parameters
    ----------
    page : Page
    act : callable

    Returns
    -------
    events : list of dict
        Chromium's trace events of all its processes.
    """
    session: CDPSession = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    done: list[bool] = []
    session.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    session.on("Tracing.tracingComplete", lambda _: done.append(True))
    session.send("Tracing.start", {"traceConfig": {"includedCategories": list(_CATEGORIES)}})
    act()
    session.send("Tracing.end")
    waited = 0
    while not done and waited < _PATIENCE:
        page.wait_for_timeout(50)
        waited += 50
    session.detach()
    return events


def frame_costs(events: Sequence[dict[str, Any]]) -> list[float]:
    """Milliseconds of the main thread's tasks up to each commit of a frame: script, style, layout and paint.

    It is the thread's processor time where the trace knows it, which other work on the machine does not stretch.

    Parameters
    ----------
    events : sequence of dict
        Of `traced`.

    Returns
    -------
    costs : list of float
        One for each frame of the busiest page, in their order.
    """
    threads = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    tasks: dict[tuple[int, int], list[dict[str, Any]]] = {thread: [] for thread in threads}
    commits: dict[tuple[int, int], list[float]] = {thread: [] for thread in threads}
    for each in events:
        thread = (each["pid"], each.get("tid", 0))
        if thread not in threads:
            continue
        if each["name"] == "RunTask" and "dur" in each:
            tasks[thread].append(each)
        elif each["name"] == "Commit":
            commits[thread].append(float(each["ts"]))
    busiest = max(threads, key=lambda thread: sum(each["dur"] for each in tasks[thread]), default=None)
    if busiest is None:
        return []
    return _between(sorted(tasks[busiest], key=lambda each: float(each["ts"])), sorted(commits[busiest]))


def _between(tasks: Sequence[dict[str, Any]], commits: Sequence[float]) -> list[float]:
    costs: list[float] = []
    spent, place = 0.0, 0
    for task in tasks:
        spent += task.get("tdur", task["dur"]) / 1000
        end = task["ts"] + task["dur"]
        if place < len(commits) and commits[place] <= end:
            costs.append(spent)
            spent = 0.0
        while place < len(commits) and commits[place] <= end:
            place += 1
    return costs


def dearest(costs: Sequence[float], n_updates: int) -> list[float]:
    """Costs of the frames that drew something new: of all frames, as many of the dearest as there were updates.

    A page also draws frames for a blinking cursor or a moving bar. Those are cheap, and would make a percentile of all
    frames look better than what a person feels.

    Examples
    --------
    >>> dearest([1.0, 9.0, 0.1, 8.0], 2)
    [8.0, 9.0]
    """
    return sorted(costs)[-n_updates:]


def percentile(values: Sequence[float], share: float) -> float:
    """Value below which `share` of the sorted values lie, by the nearest rank.

    Examples
    --------
    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.95)
    4.0
    """
    if not values:
        return float("nan")
    return values[min(len(values) - 1, int(share * len(values)))]
