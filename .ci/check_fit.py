"""The back-tests of docs/fit.md on public traces, made again: the table there is what `spotsim fit`
finds. NAB's CPU is in per cent of instances of unknown size, taken for 4 cores; Alibaba's memory is a
share of a limit that is not given, taken for 16 GiB."""

import csv
import json
import pathlib
import subprocess
import sys

spotsim, data, page, out = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])
out.mkdir(parents=True, exist_ok=True)
CORES = 4
BYTES = 16 << 30


def rows(name):
    with open(data / name, newline="") as file:
        yield from csv.DictReader(file)


def fitted(name, header, lines):
    path = out / name
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(lines)
    done = subprocess.run(
        [spotsim, "fit", "--usage", path, "-o", "json"], check=True, capture_output=True, text=True
    )
    return {it["id"]: it for it in json.loads(done.stdout)["recommenders"]}


cpu = fitted(
    "nab.csv",
    ["time", "pod", "container", "cpu_m"],
    (
        [60 * int(row["t_min"]), row["series"], "cpu", f"{float(row['cpu_percent']) * 10 * CORES:.2f}"]
        for row in rows("nab_ec2_cpu_5min.csv")
    ),
)
memory = fitted(
    "alibaba.csv",
    ["time", "pod", "container", "memory_bytes"],
    (
        [60 * int(row["min"]), container, "memory", round(float(share) * BYTES)]
        for row in rows("alibaba_gentd26_memory_util_5min.csv")
        for container, share in row.items()
        if container != "min" and share
    ),
)
table = [
    f"| {cpu[id]['name']} | {cpu[id]['unused']['coreHours']:,.0f} | {cpu[id]['aboveRequest']['cpuPercentOfTime']:.2f} % "
    f"| {cpu[id]['changes']:,} | {memory[id]['unused']['gibHours']:,.0f} | {memory[id]['oomKills']:,} "
    f"| {memory[id]['aboveLimit']['memoryPercentOfTime']:.2f} % | {memory[id]['changes']:,} |"
    for id in ["vpa", "p95", "p99", "krr"]
]
written = page.read_text().splitlines()
missing = [row for row in table if row not in written]
if missing:
    sys.exit(f"{page} has other figures than:\n" + "\n".join(table))
print(f"{len(table)} recommenders on NAB's and Alibaba's usage, as {page.name} has them")
