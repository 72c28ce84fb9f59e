"""Real price histories, replayed by the simulator, cost what their integrals say: to the last
micro-dollar, each instance type in each zone."""

import csv
import datetime
import pathlib
import subprocess
import sys
from fractions import Fraction

spotsim, data, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
MINUTE = 60_000
DAY = 86_400_000


def dated(text):
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days * DAY


# Each file's rows as (instance type, zone, time in the words of the format, time in ms, price).
# The pools of SkyPilot begin at moments of their own, so each stands for a type.
FILES = {
    "prices_aws_useast1_2021.csv": (
        "90d",
        lambda r: (r["instance_type"], "us-east-" + r["az"], r["t_min"] + "m", int(r["t_min"]) * MINUTE),
    ),
    "prices_skypilot_2023.csv": (
        "7d",
        lambda r: (r["pool_id"], r["zone"], r["t_s"] + "s", int(r["t_s"]) * 1000),
    ),
    "prices_gcp_2026.csv": (
        "90d",
        lambda r: (r["instance_type"], r["region"], r["date"], dated(r["date"])),
    ),
}


def micro(usd):
    """Rounded to the micro-dollar, a half to even or up: no price of the files is one."""
    return round(Fraction(usd) * 1_000_000)


def integral(steps, start, end):
    """Of a step function, in µUSD·ms/h."""
    cost = 0
    for index, (at, price) in enumerate(steps):
        until = steps[index + 1][0] if index + 1 < len(steps) else end
        since = start if index == 0 else at
        cost += price * max(0, min(until, end) - max(since, start))
    return cost


for name, (horizon, row) in FILES.items():
    folder = out / name.removesuffix(".csv")
    folder.mkdir(parents=True)
    steps = {}
    with open(data / name, newline="") as file, open(folder / "prices.csv", "w") as prices:
        prices.write("instance_type,zone,time,usd_per_hour\n")
        for record in csv.DictReader(file):
            instance_type, zone, time, ms = row(record)
            usd = record.get("usd_per_hour") or record["spot_usd_per_hour"]
            prices.write(f"{instance_type},{zone},{time},{usd}\n")
            steps.setdefault((instance_type, zone), []).append((ms, micro(usd)))
    pools = "".join(
        f"  - {{name: {instance_type}-{zone}, count: 1, capacityType: spot, zones: [{zone}], "
        f"instanceTypes: [{{name: {instance_type}, cpu: 1, memory: 1Gi, onDemandPrice: 1000, "
        f"spotPrice: 1}}]}}\n"
        for instance_type, zone in steps
    )
    (folder / "scenario.yaml").write_text(
        f"apiVersion: spotsim/v1\nname: {folder.name}\nhorizon: {horizon}\nprovider: generic\n"
        f"region: r\nmarket: {{prices: {{model: replay, file: prices.csv}}, reclaims: {{model: none}}}}\n"
        f"pools:\n{pools}"
    )
    command = [spotsim, "run", folder / "scenario.yaml", "-n", "1", "--quiet", "--out", folder / "run"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    got, lines = {}, 0
    with open(folder / "run" / "costs.csv", newline="") as file:
        for line in csv.DictReader(file):
            pool = line["instance_type"], line["zone"]
            got[pool] = got.get(pool, 0) + int(line["cost_micro_usd_ms_per_hour"])
            lines += 1
    # T+0 is the first moment at which everything has a price.
    start = max(series[0][0] for series in steps.values())
    end = start + int(horizon.removesuffix("d")) * DAY
    expected = {pool: integral(series, start, end) for pool, series in steps.items()}
    assert got == expected, [(pool, got.get(pool), cost) for pool, cost in expected.items() if got.get(pool) != cost][:5]
    total = sum(expected.values()) / 3.6e12
    print(f"{name}: {len(steps)} pools for {horizon}, {lines} prices, ${total:.6f}, exactly")
