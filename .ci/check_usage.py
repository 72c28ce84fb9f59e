"""Real usage, replayed by a scenario: every sample of the files is what a pod uses at that time, and the mean
and peak of all pods are those of the files. NAB's CPU is in per cent of instances of unknown size, taken for
4 cores; Alibaba's memory is a share of a limit that is not given, taken for 16 GiB."""

import collections
import csv
import json
import pathlib
import subprocess
import sys

spotsim, data, out = sys.argv[1], *map(pathlib.Path, sys.argv[2:4])
CORES = 4
GIB = 16
STEP_MS = 300_000
# What starting takes: pods of a run are not there from its first moment.
STARTED_MS = 600_000

HEAD = """apiVersion: spotsim/v1
name: {name}
horizon: {horizon}
provider: aws
region: us-east-1
pools: [{{name: a, count: 12, capacityType: on-demand, instanceTypes: [m6i.8xlarge]}}]
workloads:
  - name: recorded
    replicas: {pods}
    template: {{containers: [{{name: app, resources: {{requests: {{cpu: 4, memory: 16Gi}}}}}}]}}
usage:
  - workload: recorded
    replay: {{file: {file}, pods: "*", repeat: false, {replay}}}
"""


def rows(name):
    with open(data / name, newline="") as file:
        yield from csv.DictReader(file)


def replayed(name, file, horizon, pods, replay):
    """What each pod uses from when on, by its number: CPU in milli-cores and memory in bytes."""
    folder = out / name
    folder.mkdir(parents=True)
    (folder / file).write_bytes((data / file).read_bytes())
    text = HEAD.format(name=name, horizon=horizon, pods=pods, file=file, replay=replay)
    (folder / "scenario.yaml").write_text(text)
    run = folder / "run"
    command = [spotsim, "run", folder / "scenario.yaml", "-n", "1", "--quiet", "--out", run]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    used = collections.defaultdict(list)
    with open(run / "facts.jsonl") as facts:
        for line in facts:
            fact = json.loads(line)
            if fact["kind"] == "PodUses":
                number = int(fact["pod"].split("-")[-2])
                used[number].append((fact["ms"], fact["cpuMilli"], fact["memoryBytes"]))
    return used


def check(name, series, used, column):
    """Every sample, then the mean and the peak of their sum."""
    wrong, samples = 0, 0
    for number, series_name in enumerate(sorted(series)):
        own, place, now = used[number], 0, 0
        for at, amount in series[series_name]:
            while place < len(own) and own[place][0] <= at:
                now, place = own[place][column], place + 1
            if at < STARTED_MS:
                continue
            samples += 1
            # Halves are rounded as a machine has them.
            wrong += abs(now - amount) > 0.500001
    end = max(points[-1][0] for points in series.values())
    expected = summed([held(points) for points in series.values()], end)
    found = summed([[(at, values[column - 1]) for at, *values in own] for own in used.values()], end)
    print(
        f"{name}: {samples:,} samples of {len(series)} pods, {wrong} otherwise than recorded; mean "
        f"{found[0]:,.1f} of {expected[0]:,.1f}, peak {found[1]:,.1f} of {expected[1]:,.1f}"
    )
    for one, other in zip(found, expected):
        # Half a unit of each pod is what rounding takes or adds at most.
        if abs(one - other) > 0.5 * len(series):
            sys.exit(f"{name}: {one} is not {other}")
    if wrong:
        sys.exit(f"{name}: {wrong} samples are not replayed as they were recorded")


def held(points):
    """Samples with nothing where none was taken: after the last, and in what is a gap by docs/usage.md."""
    following = [at for at, _ in points[1:]] + [float("inf")]
    for (at, amount), then in zip(points, following):
        yield at, amount
        if then - at > 3 * STEP_MS:
            yield at + STEP_MS, 0


def summed(series, end):
    """The mean and the peak of the sum of step functions, once all have started."""
    changes = sorted((at, number, value) for number, own in enumerate(series) for at, value in own)
    now, total, since = [0.0] * len(series), 0.0, STARTED_MS
    integral, peak = 0.0, 0.0
    for at, number, value in changes:
        upto = min(max(at, STARTED_MS), end)
        if upto > since:
            integral, peak, since = integral + total * (upto - since), max(peak, total), upto
        total, now[number] = total + value - now[number], value
    integral, peak = integral + total * (end - since), max(peak, total)
    return integral / (end - STARTED_MS), peak


cpu = collections.defaultdict(list)
for row in rows("nab_ec2_cpu_5min.csv"):
    amount = float(row["cpu_percent"]) * 10 * CORES
    cpu[row["series"]].append((60_000 * int(row["t_min"]), amount))
used = replayed(
    "nab", "nab_ec2_cpu_5min.csv", "15d", len(cpu),
    "map: {pod: series, cpu: cpu_percent}, of: {cpu: 4}",
)
check("NAB, CPU in milli-cores", cpu, used, 1)

memory = collections.defaultdict(list)
for row in rows("alibaba_gentd26_memory_util_5min.csv"):
    for container, share in row.items():
        if container != "min" and share:
            memory[container].append((60_000 * int(row["min"]), float(share) * (GIB << 30)))
used = replayed(
    "alibaba", "alibaba_gentd26_memory_util_5min.csv", "23h", len(memory),
    "wide: memory, memoryUnit: share, of: {memory: 16Gi}",
)
check("Alibaba, memory in bytes", memory, used, 2)
