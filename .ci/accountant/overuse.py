"""Overuse: containers killed and restarted, pods evicted under pressure, CPU that pods did not get."""

from collections import Counter

from .facts import Record

COUNTED = {
    "oomKillsPerWeek": "ContainerOomKilled",
    "restartsPerWeek": "ContainerRestarted",
    "pressureEvictionsPerWeek": "PodEvicted",
}


def counts(record: Record) -> Counter:
    """How often each happened in the window, and how often of it for want of memory of a node."""
    start, end = record.window
    found = Counter()
    for fact in record.facts:
        if start <= fact["ms"] < end:
            found[fact["kind"]] += 1
            found["of nodes"] += fact.get("nodeOutOfMemory", False)
    return found


def cpu(record: Record) -> tuple[int, int, int]:
    """Milli-core-milliseconds in the window: what pods would have used, what of it their limits kept
    from them, and what of it others had."""
    start, end = record.window
    demand: dict[str, int] = {}
    short: dict[str, tuple[int, int]] = {}
    follows: dict[str, set[str]] = {}
    sums, since = [0, 0, 0], start
    for fact in record.facts:
        kind, pod = fact["kind"], fact.get("pod")
        if kind not in ("PodUses", "ReplicasUse", "CpuShared", "PodEnded"):
            continue
        until = min(max(fact["ms"], start), end)
        if until > since:
            sums[0] += sum(demand.values()) * (until - since)
            for lane in (0, 1):
                sums[lane + 1] += sum(it[lane] for it in short.values()) * (until - since)
            since = until
        if kind == "ReplicasUse":
            demand |= dict.fromkeys(follows.get(fact["workload"], ()), fact["cpuMilli"])
            continue
        followers = follows.setdefault(record.workload_of[pod], set())
        match kind:
            case "PodUses":
                demand[pod] = fact["cpuMilli"]
                (followers.add if fact["follows"] else followers.discard)(pod)
            case "CpuShared":
                limited, granted = fact["limitedMilli"], fact["grantedMilli"]
                short[pod] = (fact["demandMilli"] - limited, limited - granted)
            case "PodEnded":
                demand.pop(pod, None)
                short.pop(pod, None)
                followers.discard(pod)
    rest = end - since
    sums[0] += sum(demand.values()) * rest
    for lane in (0, 1):
        sums[lane + 1] += sum(it[lane] for it in short.values()) * rest
    return tuple(sums)
