"""Pods: how they end, how long they wait, how soon they are replaced, and who is available."""

from collections import Counter, deque

from .facts import Record

TAKEN = ("Reclaimed", "Outbid")
REPLACED = ("Deployment", "StatefulSet", "Job", "CronJob")


def reclaims(record: Record) -> int:
    """Spot instances that the provider took in the window."""
    start, end = record.window
    return sum(
        fact["kind"] == "NodeGone" and fact["why"] in TAKEN and start <= fact["ms"] < end
        for fact in record.facts
    )


def ends(record: Record) -> Counter:
    """Involuntary ends by class, but for pods of DaemonSets and of Jobs that are over."""
    start, counts, dismissed = record.window[0], Counter(), set()
    for fact in record.facts:
        if fact["kind"] == "PodTerminating" and fact["why"] == "JobOver":
            dismissed.add(fact["pod"])
        if fact["kind"] != "PodEnded":
            continue
        pod = fact["pod"]
        if pod in dismissed:
            dismissed.discard(pod)
        elif fact["ms"] >= start and record.kind_of(pod) != "DaemonSet":
            counts["cut short" if fact["end"].startswith("CutShort") else fact["end"]] += 1
    del counts["Completed"]
    return counts


def quantile(waits: list[tuple[int, bool]], percent: int) -> tuple[int, bool] | None:
    """The nearest rank; among equals, those that ended come before those that still wait."""
    ordered = sorted(waits)
    rank = max(-(-len(ordered) * percent // 100), 1)
    return ordered[rank - 1] if ordered else None


def pending(record: Record) -> list[tuple[int, bool]]:
    """For each attempt how long it waited to be bound, and whether it still does."""
    start, end = record.window
    created, waits = {}, []

    def waited(pod: str, until: int, censored: bool) -> None:
        since = created.pop(pod, None)
        if since is not None and since >= start and record.kind_of(pod) != "DaemonSet":
            waits.append((until - since, censored))

    for fact in record.facts:
        match fact["kind"]:
            case "PodCreated":
                created[fact["pod"]] = fact["ms"]
            case "PodFound":
                created.pop(fact["pod"], None)
            case "PodScheduled":
                waited(fact["pod"], fact["ms"], False)
            case "PodWithdrawn":
                waited(fact["pod"], fact["ms"], True)
    for pod in list(created):
        waited(pod, end, True)
    return waits


def replacements(record: Record) -> list[tuple[int, bool]]:
    """From the notice, or the loss, until the pod that replaces a disrupted one is ready, in the
    order of disruption within each workload."""
    start, end = record.window
    notices, node_of, counted, waits = {}, {}, set(), []
    open_since: dict[str, deque[int]] = {}

    def disrupted(fact: dict) -> None:
        pod = fact["pod"]
        if record.kind_of(pod) in REPLACED and fact["ms"] >= start and pod not in counted:
            counted.add(pod)
            since = notices.get(node_of.get(pod), fact["ms"])
            open_since.setdefault(record.workload_of[pod], deque()).append(since)

    for fact in record.facts:
        match fact["kind"]:
            case "NoticeGiven":
                notices[fact["node"]] = fact["ms"]
            case "NodeGone":
                notices.pop(fact["node"], None)
            case "PodScheduled" | "PodFound":
                node_of[fact["pod"]] = fact["node"]
            case "PodReady":
                waiting = open_since.get(record.workload_of[fact["pod"]])
                if waiting:
                    waits.append((fact["ms"] - waiting.popleft(), False))
            case "PodTerminating" if fact["why"] in TAKEN and fact["pod"] in node_of:
                disrupted(fact)
            case "JobEnded":
                open_since.pop(fact["job"], None)
            case "PodEnded":
                if fact["end"] == "KilledWithoutWarning":
                    disrupted(fact)
                node_of.pop(fact["pod"], None)
                counted.discard(fact["pod"])
    waits += [(end - since, True) for waiting in open_since.values() for since in waiting]
    return waits


def availability(record: Record) -> dict[str, dict]:
    """For each workload with replicas: the share of the window with enough of them available, the
    share of wanted replica time that was available, and the fewest once all had been."""
    start, end = record.window
    found = {}
    for workload in record.legend["workloads"]:
        desired, name = workload["replicas"], workload["workload"]
        if desired is None:
            continue
        since, steps = None, []
        alive: set[str] = set()
        for fact in record.facts:
            kind = fact["kind"]
            if kind == "WorkloadCreated" and fact["workload"] == name:
                since = fact["ms"]
                steps.append((since, 0))
            if kind not in ("PodAvailable", "PodTerminating", "PodEnded"):
                continue
            if record.workload_of[fact["pod"]] == name:
                (alive.add if kind == "PodAvailable" else alive.discard)(fact["pod"])
                steps.append((fact["ms"], len(alive)))
        if since is not None:
            found[name] = watch(steps, desired, workload["required"], (start, end))
    return found


def watch(steps: list[tuple[int, int]], desired: int, required: int, window: tuple[int, int]):
    """The availability of a workload of which so many replicas are available from each step on."""
    (start, end), enough, missing, wanted = window, 0, 0, 0
    least, was_full = None, False
    for (since, count), (until, _) in zip(steps, [*steps[1:], (end, 0)], strict=True):
        held = max(min(until, end) - max(since, start), 0)
        was_full = was_full or count >= desired
        if was_full and (held > 0 or start <= since < end):
            least = count if least is None else min(least, count)
        if desired > 0:
            wanted += held
            enough += held if count >= required else 0
            missing += max(desired - count, 0) * held
    return {
        "availability": enough / wanted if wanted else None,
        "replicaAvailability": 1 - missing / (wanted * desired) if wanted else None,
        "leastReplicas": least,
    }
