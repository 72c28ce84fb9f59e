"""Pods: how they end, how long they wait, how soon they are replaced, and who is available."""

from collections import Counter, deque

from .facts import Record

TAKEN = ("Reclaimed", "Outbid", "Drained")
DISMISSED = ("JobOver", "ScaledDown", "RolledOut", "Found")
REPLACED = ("Deployment", "StatefulSet", "Job", "CronJob")


def reclaims(record: Record) -> int:
    """Spot instances that the provider took in the window."""
    start, end = record.window
    return sum(
        fact["kind"] == "NodeGone" and fact["why"] in TAKEN and start <= fact["ms"] < end
        for fact in record.facts
    )


def ends(record: Record) -> Counter:
    """Involuntary ends by class, but for pods of DaemonSets, of Jobs that are over, of workloads that are
    scaled down or rolled out, and those that were terminating when the run began."""
    start, counts, dismissed = record.window[0], Counter(), set()
    for fact in record.facts:
        if fact["kind"] == "PodTerminating" and fact["why"] in DISMISSED:
            dismissed.add(fact["pod"])
        if fact["kind"] != "PodEnded":
            continue
        pod = fact["pod"]
        if pod in dismissed:
            dismissed.discard(pod)
        elif fact["ms"] >= start and record.kind_of(pod) != "DaemonSet":
            counts["cut short" if fact["end"].startswith("CutShort") else fact["end"]] += 1
    for end in ("Completed", "OOMKilled"):
        del counts[end]
    return counts


def quantile(waits: list[tuple[int, bool]], percent: int) -> tuple[int, bool] | None:
    """The nearest rank; among equals, those that ended come before those that still wait."""
    ordered = sorted(waits)
    rank = max(-(-len(ordered) * percent // 100), 1)
    return ordered[rank - 1] if ordered else None


def pending(record: Record) -> list[tuple[int, bool]]:
    """For each attempt how long it waited to be bound, and whether it still does. What scheduling
    gates hold back has not begun to wait."""
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
            case "StillPending" if "waiting for scheduling gates" in (fact["message"] or ""):
                created.pop(fact["pod"], None)
    for pod in list(created):
        waited(pod, end, True)
    return waits


def replacements(record: Record) -> list[tuple[int, bool]]:
    """From the notice, or the loss, until the pod that replaces a disrupted one is ready, in the
    order of disruption within each workload. A replica that is disrupted again before it is ready
    goes on with its first wait; one that is scaled down or rolled out waits no longer, and a workload
    whose rollout has ended lacks nothing."""
    start, end = record.window
    notices, node_of, replica_of, waits = {}, {}, {}, []
    lacking: dict[str, set[str]] = {}
    open_since: dict[str, deque[int]] = {}

    def disrupted(fact: dict) -> None:
        pod = fact["pod"]
        job, replica = replica_of[pod]
        if record.kind_of(pod) not in REPLACED or fact["ms"] < start:
            return
        if replica not in lacking.setdefault(job, set()):
            lacking[job].add(replica)
            since = notices.get(node_of.get(pod), fact["ms"])
            open_since.setdefault(job, deque()).append(since)

    def dismissed(pod: str) -> None:
        job, replica = replica_of[pod]
        if replica in lacking.get(job, ()):
            lacking[job].remove(replica)
            open_since[job].popleft()

    for fact in record.facts:
        match fact["kind"]:
            case "NoticeGiven":
                notices[fact["node"]] = fact["ms"]
            case "NodeGone":
                notices.pop(fact["node"], None)
            case "PodCreated":
                pod, workload = fact["pod"], fact["workload"]
                # The pods of a CronJob are named after its Jobs, with an index and an attempt.
                cron = record.kinds[workload] == "CronJob"
                job = pod.rsplit("-", 2)[0] if cron else workload
                replica_of[pod] = (job, fact["replica"])
            case "PodScheduled" | "PodFound":
                node_of[fact["pod"]] = fact["node"]
            case "PodReady":
                job, replica = replica_of[fact["pod"]]
                if replica in lacking.get(job, ()):
                    lacking[job].remove(replica)
                    waits.append((fact["ms"] - open_since[job].popleft(), False))
            case "PodTerminating" if fact["why"] in TAKEN:
                disrupted(fact)
            case "PodTerminating" if fact["why"] in ("ScaledDown", "RolledOut"):
                dismissed(fact["pod"])
            case "PodWithdrawn":
                dismissed(fact["pod"])
            case "RolloutEnded":
                lacking.pop(fact["workload"], None)
                waits += [
                    (fact["ms"] - since, False)
                    for since in open_since.pop(fact["workload"], ())
                ]
            case "JobEnded":
                open_since.pop(fact["job"], None)
                lacking.pop(fact["job"], None)
            case "PodEnded":
                if fact["end"] == "KilledWithoutWarning":
                    disrupted(fact)
                node_of.pop(fact["pod"], None)
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
                steps.append((since, 0, desired))
            if kind == "WorkloadScaled" and fact["workload"] == name:
                desired = fact["replicas"]
                steps.append((fact["ms"], len(alive), desired))
            if kind not in ("PodAvailable", "PodUnready", "PodTerminating", "PodEnded"):
                continue
            if record.workload_of[fact["pod"]] == name:
                (alive.add if kind == "PodAvailable" else alive.discard)(fact["pod"])
                steps.append((fact["ms"], len(alive), desired))
        if since is not None:
            found[name] = watch(steps, workload["required"], (start, end))
    return found


def replica_ms(record: Record) -> int:
    """Wanted replica time that was available, of all workloads, in milliseconds."""
    return sum(row["desiredMs"] - row["missingMs"] for row in availability(record).values())


def watch(steps: list[tuple[int, int, int]], required: int, window: tuple[int, int]):
    """The availability of a workload whose numbers of available and of desired replicas are given for
    each step. No more are required than are desired."""
    (start, end), enough, missing, wanted, wanted_replicas = window, 0, 0, 0, 0
    least, was_full = None, False
    for (since, count, desired), (until, *_) in zip(steps, [*steps[1:], (end,)], strict=True):
        held = max(min(until, end) - max(since, start), 0)
        # Without a replica that is wanted there is no least.
        was_full = desired > 0 and (was_full or count >= desired)
        if was_full and (held > 0 or start <= since < end):
            least = count if least is None else min(least, count)
        if desired > 0:
            wanted += held
            wanted_replicas += desired * held
            enough += held if count >= min(required, desired) else 0
            missing += max(desired - count, 0) * held
    return {
        "availability": enough / wanted if wanted else None,
        "replicaAvailability": 1 - missing / wanted_replicas if wanted_replicas else None,
        "leastReplicas": least,
        "desiredMs": wanted_replicas,
        "missingMs": missing,
    }
