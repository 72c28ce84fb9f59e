"""Usage: how much of what nodes offer is used, and requests that are not served."""

from .facts import Record


def used(record: Record) -> dict[str, float] | None:
    """Integrals of CPU and memory that pods use, in percent of what registered nodes offer; none
    where no pod uses anything."""
    (start, end), types = record.window, {}
    for machine in record.legend["instanceTypes"]:
        types[machine["instanceType"]] = (
            machine["allocatableMilliCpu"],
            machine["allocatableMemoryBytes"] >> 20,
        )
    offers, type_of, uses, follows = {}, {}, {}, set()
    integrals = {"used": [0, 0], "offered": [0, 0]}
    since, seen = 0, False

    def advance(now: int) -> None:
        nonlocal since
        ms = max(min(now, end) - max(since, start), 0)
        since = now
        for lane in range(2):
            integrals["used"][lane] += ms * sum(use[lane] for use in uses.values())
            integrals["offered"][lane] += ms * sum(offer[lane] for offer in offers.values())

    for fact in record.facts:
        match fact["kind"]:
            case "NodeLaunched":
                type_of[fact["node"]] = types[fact["instanceType"]]
            case "NodeReady":
                advance(fact["ms"])
                offers[fact["node"]] = type_of[fact["node"]]
            case "NodeGone":
                advance(fact["ms"])
                offers.pop(fact["node"], None)
            case "PodUses":
                advance(fact["ms"])
                seen = True
                uses[fact["pod"]] = (fact["cpuMilli"], fact["memoryBytes"])
                (follows.add if fact["follows"] else follows.discard)(fact["pod"])
            case "ReplicasUse":
                advance(fact["ms"])
                own = [it for it in follows if record.workload_of[it] == fact["workload"]]
                assert len(own) == fact["pods"], f"{fact} is about {len(own)} pods"
                for pod in own:
                    uses[pod] = (fact["cpuMilli"], fact["memoryBytes"])
            case "PodEnded":
                advance(fact["ms"])
                uses.pop(fact["pod"], None)
                follows.discard(fact["pod"])
    advance(end)
    if not seen:
        return None
    (cpu, memory), (cores, mib) = integrals["used"], integrals["offered"]
    return {"cpuUsedPercent": 100 * cpu / cores, "memoryUsedPercent": 100 * memory / (mib << 20)}


def requests(record: Record) -> dict[str, tuple[float, float]]:
    """Requests in the window by workload: all, and those that were not served."""
    start, end = record.window
    rates: dict[str, tuple[int, int, int]] = {}
    sums: dict[str, list[int]] = {}

    def close(workload: str, now: int) -> None:
        since, offered, served = rates[workload]
        ms = max(min(now, end) - max(since, start), 0)
        row = sums.setdefault(workload, [0, 0])
        row[0] += ms * offered
        row[1] += ms * (offered - served)

    for fact in record.facts:
        if fact["kind"] == "LoadChanged":
            workload = fact["workload"]
            if workload in rates:
                close(workload, fact["ms"])
            rates[workload] = (fact["ms"], fact["offeredPer1000s"], fact["servedPer1000s"])
    for workload in rates:
        close(workload, end)
    # A rate in 1 000 s times milliseconds is in millionths.
    return {workload: (all_ / 1e6, lost / 1e6) for workload, (all_, lost) in sums.items()}
