"""The project's instance catalogue says what its sources say, row by row."""

import csv
import sys

with open("scenarios/data/catalogue.csv", newline="") as file:
    lines = list(file)
ours = {
    (row["provider"], row["region"], row["type"]): row
    for row in csv.DictReader(line for line in lines if not line.startswith("#"))
}
sources = dict(line[3:].strip().split("] ", 1) for line in lines if line.startswith("# ["))
with open(sys.argv[1], newline="") as file:
    theirs = list(csv.DictReader(file))

assert len(ours) == len(theirs), (len(ours), len(theirs))


def micro(usd):
    return str(round(float(usd) * 1e6)) if usd else ""


for row in theirs:
    own = ours[row["provider"], row["region"], row["instance_type"]]
    spot_from = f"{row['spot_source']}, {row['spot_date']}" if row["spot_source"] else ""
    assert sources.get(own["spot_from"], "") == spot_from, row["instance_type"]
    assert sources[own["on_demand_from"]] == f"{row['od_source']}, {row['od_date']}", own
    pairs = {
        "family": row["family"],
        "arch": row["arch"],
        "gpu": row["gpu_model"],
        "gpus": row["gpu_count"],
        "nvme_gib": row["local_nvme_gib"],
        "network_gbps": row["network_gbps"],
        "max_pods": row["max_pods"],
        "vcpu": row["vcpu"],
        "memory_mib": row["memory_mib"],
        "on_demand_micro_usd": micro(row["on_demand_usd_per_hour"]),
        "spot_micro_usd": micro(row["spot_usd_per_hour_typical"]),
        "band": row["interruption_band"],
        "allocatable_cpu_milli": row["allocatable_cpu_milli"],
        "allocatable_memory_mib": row["allocatable_memory_mib"],
    }
    for column, value in pairs.items():
        # A figure that no source gives is not made up here: it is computed when the file is read.
        assert own[column] == value, (row["instance_type"], column, own[column], value)
print(f"{len(theirs)} instance types agree with their sources")
