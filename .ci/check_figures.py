"""The accountant's check: the figures of summary.json, computed again from the facts alone.

Usage: check_figures.py SPOTSIM FOLDER SCENARIO ...

Runs each scenario once for each of a few seeds, reads the
facts of both plans, and computes cost, both baselines, reclaims, classes of ends, quantiles of
waiting and of replacement, availability, rollouts, usage, requests that are not served and what
arrives, as docs/model.md defines them. Every figure has to agree to its last unit.
"""

import concurrent.futures
import json
import math
import subprocess
import sys
from pathlib import Path

from accountant import arrivals, facts, money, overuse, pods, rollouts, usage

SEEDS = (1, 42, 2026)
MONTH = 730
ENDS = {
    "endsCleanPerDay": "Clean",
    "endsCutShortPerDay": "cut short",
    "endsKilledWithoutWarningPerDay": "KilledWithoutWarning",
}


def figures(folder: Path) -> list[tuple[str, object, object]]:
    """What the summary says, beside what the facts say."""
    summary = json.loads((folder / "summary.json").read_text())
    records = {
        "proposed": facts.read(folder / "facts.jsonl"),
        "onDemand": facts.read(folder / "facts-on-demand.jsonl"),
    }
    rows = []
    for name, record in records.items():
        plan, cost = summary[name], money.micro_usd(money.cost(record))
        days = record.hours / 24
        rows.append((f"{name} cost, µ$", plan["costMicroUsdTotal"], cost))
        count = lambda key: nearly_whole(plan[key]["mean"] * days)  # noqa: B023, E731
        rows.append((f"{name} reclaims", count("reclaimsPerDay"), pods.reclaims(record)))
        ends = pods.ends(record)
        rows += [(f"{name} {key}", count(key), ends[end]) for key, end in ENDS.items()]
        rows.append(
            (f"{name} pods disrupted", count("podsDisruptedPerDay"), sum(ends.values()))
        )
        waits = pods.pending(record)
        for key, percent in (("P50", 50), ("P95", 95), ("Max", 100)):
            stated = wait(plan[f"pendingSeconds{key}"])
            rows.append((f"{name} pending {key}", stated, pods.quantile(waits, percent)))
        waits = pods.replacements(record)
        stated = plan["harm"]["replacementSeconds"] or [None] * 3
        for percent, value in zip((50, 95, 100), stated, strict=True):
            mine = pods.quantile(waits, percent)
            rows.append((f"{name} replaced {percent}", wait(value), mine))
        rows += of_workloads(name, plan, record)
        rows += of_overuse(name, plan.get("overuse"), record)
        rows += of_rollouts(name, plan, record)
        rows += of_usage(name, plan, record)
        rows += of_arrivals(name, plan, record)
    rows += savings(summary, records)
    available = {name: pods.replica_ms(record) for name, record in records.items()}
    ratio = available["onDemand"] and available["proposed"] / available["onDemand"]
    stated = summary["deliveredReplicasRatio"]
    rows.append(("delivered replica time", close(stated["mean"] if stated else 0), close(ratio)))
    return rows


def savings(summary: dict, records: dict) -> list[tuple[str, object, object]]:
    """The savings against both baselines, in micro-dollars of the window."""
    record = records["proposed"]
    own = money.cost(record)
    baselines = {
        "onDemandPlan": money.cost(records["onDemand"]),
        "sameNodes": money.same_nodes(record),
    }
    rows = []
    for key, baseline in baselines.items():
        stated = summary["saving"][key]
        micro = stated["usdMonthly"]["mean"] * record.hours / MONTH * 1e6
        rows.append((f"saving {key}, µ$", close(micro), close((baseline - own) / money.MS_PER_HOUR)))
        percent = 100 * (baseline - own) / baseline if baseline else None
        shown = stated["percent"] and stated["percent"]["mean"]
        rows.append((f"saving {key}, %", close(shown), close(percent)))
    return rows


def of_workloads(name: str, plan: dict, record: facts.Record) -> list[tuple[str, object, object]]:
    stated = {row["workload"]: row for row in plan["availability"]}
    mine = pods.availability(record)
    rows = [(f"{name} workloads with replicas", sorted(stated), sorted(mine))]
    for workload in sorted(stated.keys() & mine.keys()):
        for key in ("availability", "replicaAvailability", "leastReplicas"):
            value = mine[workload][key]
            rows.append((f"{name} {workload} {key}", close(stated[workload][key]), close(value)))
    return rows


def of_overuse(name: str, plan: dict | None, record: facts.Record) -> list[tuple[str, object, object]]:
    """Kills, restarts, evictions and CPU; where no usage is modelled nothing of it may have happened."""
    counts = overuse.counts(record)
    if plan is None:
        return [(f"{name} overuse", 0, sum(counts[kind] for kind in overuse.COUNTED.values()))]
    weeks = record.hours / 168
    kinds = {**overuse.COUNTED, "oomKillsOfNodesPerWeek": "of nodes"}
    rows = [
        (f"{name} {key}", nearly_whole(plan[key]["mean"] * weeks), counts[kind])
        for key, kind in kinds.items()
    ]
    demand, throttled, contended = overuse.cpu(record)
    for key, part in (("throttledPercent", throttled), ("contendedPercent", contended)):
        stated = plan[key] and plan[key]["mean"]
        rows.append((f"{name} {key}", close(stated), close(100 * part / demand if demand else None)))
    return rows


def of_rollouts(name: str, plan: dict, record: facts.Record) -> list[tuple[str, object, object]]:
    mine = rollouts.rollouts(record)
    stated = plan.get("rollouts")
    if stated is None:
        return [(f"{name} rollouts", 0, mine["began"])]
    rows = [
        (f"{name} rollouts {key}", nearly_whole(stated[key]["mean"]), mine[key])
        for key in ("began", "ended", "stalled")
    ]
    for key, percent in (("P50", 50), ("P95", 95), ("Max", 100)):
        value = pods.quantile(mine["takes"], percent)
        rows.append((f"{name} rolled out {key}", wait(stated[f"seconds{key}"]), value))
    minutes = stated["unavailablePodMinutes"]["mean"]
    rows.append((f"{name} unavailable", close(minutes), close(mine["unavailableMs"] / 60_000)))
    return rows


def of_usage(name: str, plan: dict, record: facts.Record) -> list[tuple[str, object, object]]:
    mine, rows = usage.used(record) or {}, []
    for key in ("cpuUsedPercent", "memoryUsedPercent"):
        stated = plan.get(key)
        # What is never used is no figure.
        own = mine.get(key) or None
        rows.append((f"{name} {key}", close(stated and stated["mean"]), close(own)))
    stated = {row["workload"]: row for row in plan.get("load") or []}
    loads = usage.requests(record)
    rows.append((f"{name} workloads with load", sorted(stated), sorted(loads)))
    days = record.hours / 24
    for workload in sorted(stated.keys() & loads.keys()):
        every, lost = loads[workload]
        for key, value in (("requestsPerDay", every), ("unservedPerDay", lost)):
            own = close(value / days)
            rows.append((f"{name} {workload} {key}", close(stated[workload][key]["mean"]), own))
    return rows


def of_arrivals(name: str, plan: dict, record: facts.Record) -> list[tuple[str, object, object]]:
    stated = {row["generator"]: row for row in plan.get("arrivals") or []}
    mine = arrivals.arrived(record)
    rows = [(f"{name} generators", sorted(stated), sorted(mine))]
    days = record.hours / 24
    for generator in sorted(stated.keys() & mine.keys()):
        row, (count, pods_, ms) = stated[generator], mine[generator]
        for key, value in (("arrivalsPerDay", count), ("podsPerDay", pods_)):
            rows.append((f"{name} {generator} {key}", nearly_whole(row[key]["mean"] * days), value))
        hours = close(row["podHoursPerDay"]["mean"])
        rows.append((f"{name} {generator} pod-hours", hours, close(ms / 3_600_000 / days)))
    return rows


def wait(stated: dict | None) -> tuple[int, bool] | None:
    """A waiting time of the summary in milliseconds, and whether it is a lower bound."""
    return stated and (round(stated["seconds"] * 1000), stated["atLeast"])


def nearly_whole(value: float) -> int:
    assert math.isclose(value, round(value), abs_tol=1e-6), f"{value} is no count"
    return round(value)


def close(value: float | int | None) -> str | None:
    """A figure as far as the arithmetic of floats agrees: twelve digits, micro-dollars whole."""
    return value if value is None else f"{value:.11g}"


def of_run(spotsim: str, folder: str, path: str, seed: int) -> tuple[int, list[str]]:
    """How many figures there are of a run of a scenario, and those that differ, in words."""
    name = Path(path).stem
    out = Path(folder) / f"{name}-{seed}"
    options = ["-n", "1", "--seed", str(seed), "--quiet", "--out", str(out)]
    subprocess.run([spotsim, "run", path, *options], stdout=subprocess.DEVNULL, check=True)
    rows = figures(out)
    differ = [
        f"{name}, seed {seed}: {what}: the summary says {stated}, the facts {mine}"
        for what, stated, mine in rows
        if stated != mine
    ]
    return len(rows), differ


def main() -> int:
    spotsim, folder, *scenarios = sys.argv[1:]
    runs = [(spotsim, folder, path, seed) for path in scenarios for seed in SEEDS]
    with concurrent.futures.ProcessPoolExecutor() as pool:
        checked = list(pool.map(of_run, *zip(*runs, strict=True)))
    for _, differ in checked:
        print(*differ[:12], sep="\n", end="\n" if differ else "")
    failed = sum(len(differ) for _, differ in checked)
    passed = sum(count for count, _ in checked) - failed
    print(f"figures of {len(scenarios)} scenarios: {passed} agree, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
