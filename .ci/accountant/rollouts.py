"""Rollouts: how long they take, how often they stall, and what is unavailable meanwhile."""

from .facts import Record


def rollouts(record: Record) -> dict:
    """Of the rollouts that begin in the window: how many began, ended and stalled, how long each took and
    whether that is a lower bound, and the replica-milliseconds that were wanted and not available."""
    start, end = record.window
    wanted = {it["workload"]: it["replicas"] or 0 for it in record.legend["workloads"]}
    alive: dict[str, set[str]] = {name: set() for name in wanted}
    since, counted = {}, {}
    found = {"began": 0, "ended": 0, "stalled": 0, "takes": [], "unavailableMs": 0}

    def count(name: str, until: int) -> None:
        if name in since:
            short = max(wanted[name] - len(alive[name]), 0)
            found["unavailableMs"] += short * (until - counted[name])
        counted[name] = until

    for fact in record.facts:
        kind = fact["kind"]
        if kind in ("PodAvailable", "PodUnready", "PodTerminating", "PodEnded"):
            name = record.workload_of[fact["pod"]]
            count(name, fact["ms"])
            (alive[name].add if kind == "PodAvailable" else alive[name].discard)(fact["pod"])
        elif kind == "WorkloadScaled":
            count(fact["workload"], fact["ms"])
            wanted[fact["workload"]] = fact["replicas"]
        elif kind.startswith("Rollout"):
            name, at = fact["workload"], fact["ms"]
            count(name, at)
            if kind == "RolloutBegan":
                if name in since:
                    found["takes"].append((at - since.pop(name), True))
                if start <= at < end:
                    since[name] = at
                    found["began"] += 1
            elif kind == "RolloutEnded" and name in since:
                found["takes"].append((at - since.pop(name), False))
                found["ended"] += 1
            elif kind == "RolloutStalled":
                found["stalled"] += name in since
    for name, at in since.items():
        count(name, end)
        found["takes"].append((end - at, True))
    return found
