"""The project's instance catalogue says what its sources say, row by row."""

import csv
import sys

with open("scenarios/data/catalogue.csv", newline="") as file:
    ours = {
        (row["provider"], row["region"], row["type"]): row
        for row in csv.DictReader(line for line in file if not line.startswith("#"))
    }
with open(sys.argv[1], newline="") as file:
    theirs = list(csv.DictReader(file))

assert len(ours) == len(theirs), (len(ours), len(theirs))


def micro(usd):
    return str(round(float(usd) * 1e6)) if usd else ""


for row in theirs:
    own = ours[row["provider"], row["region"], row["instance_type"]]
    pairs = {
        "vcpu": row["vcpu"],
        "memory_mib": row["memory_mib"],
        "on_demand_micro_usd": micro(row["on_demand_usd_per_hour"]),
        "spot_micro_usd": micro(row["spot_usd_per_hour_typical"]),
        "band": row["interruption_band"],
        "allocatable_cpu_milli": row["allocatable_cpu_milli"],
        "allocatable_memory_mib": row["allocatable_memory_mib"],
    }
    for column, value in pairs.items():
        # Where the source has no figure ours may have one, marked as computed.
        assert not value or own[column] == value, (row["instance_type"], column, own[column], value)
print(f"{len(theirs)} instance types agree with their sources")
