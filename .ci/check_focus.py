"""Cost rows of FOCUS: held to the rules that focus_validator knows, and to the figures of the run.

check_focus.py SPOTSIM VALIDATOR FOLDER SCENARIO...

The validator has the rules of version 1.2 with it, and fetches later ones from a network. So rows are checked
under the names that 1.2 has for the two columns that 1.3 renames; sums and products, which it leaves to
people, are checked here.
"""

import csv
import json
import os
import pathlib
import re
import subprocess
import sys

# What 1.3 calls them, and what 1.2 does.
RENAMED = {"ServiceProviderName": "ProviderName", "HostProviderName": "PublisherName"}
# What a provider of instances by the hour does: rules for others do not apply.
DOES = [
    f"{it}_SUPPORTED"
    for it in (
        "ACCOUNT_NAMING AVAILABILITY_ZONE BILLING_BASED_ON_PROVISIONED_RESOURCES COMMITMENT_DISCOUNT "
        "MULTIPLE_PRICING_CATEGORIES NEGOTIATED_PRICING PUBLIC_PRICE_LIST REGION RESOURCE_TYPE_ASSIGNMENT "
        "TAGGING UNIT_PRICING USAGE_MEASUREMENT"
    ).split()
]
# The validator asks these of every row, and FOCUS only of charges that are on an invoice, that are paid to a
# third party, that belong to a commitment.
OF_SOME_ROWS = {"InvoiceId-C-005-C", "BilledCost-C-005-C", "CommitmentDiscountStatus-C-004-C"}
# A micro-dollar, which is what a cell is rounded to.
CELL = 1e-6
MONTH = 730


def check(rows, folder, summary):
    """What is wrong with the sums and the products."""
    total = lambda name: sum(float(row[name]) for row in rows)  # noqa: E731
    slack = CELL * len(rows)
    with (folder / "costs.csv").open() as file:
        paid = sum(float(row["cost_usd"]) for row in csv.DictReader(file))
    wrong = []
    if abs(total("EffectiveCost") - paid) > slack:
        wrong.append(f"EffectiveCost sums to {total('EffectiveCost')}, and the run cost {paid}")
    # The mean of the only replication.
    billed = summary["proposed"]["billedCostMonthly"]["mean"] * summary["windowHours"] / MONTH
    if abs(total("BilledCost") - billed) > slack:
        wrong.append(f"BilledCost sums to {total('BilledCost')}, and {billed} is billed")
    contracted = summary["proposed"]["contractedCostMonthly"]["mean"] * summary["windowHours"] / MONTH
    used = sum(float(row["ContractedCost"]) for row in rows if row["ChargeCategory"] == "Usage")
    if abs(used - contracted) > slack:
        wrong.append(f"ContractedCost of use sums to {used}, and {contracted} is the cost by contract")
    for row in rows:
        is_use = row["CommitmentDiscountId"] != "" and row["ChargeCategory"] == "Usage"
        if (row["CommitmentDiscountStatus"] != "") != is_use:
            wrong.append(f"{row['ChargeDescription']}: its commitment is neither used nor unused")
        for cost, price in (("ContractedCost", "ContractedUnitPrice"), ("ListCost", "ListUnitPrice")):
            product = float(row[price]) * float(row["PricingQuantity"])
            if abs(product - float(row[cost])) > 2 * CELL:
                wrong.append(f"{row['ChargeDescription']}: {cost} {row[cost]} is not {product}")
    for commitment in {row["CommitmentDiscountId"] for row in rows} - {""}:
        own = [row for row in rows if row["CommitmentDiscountId"] == commitment]
        used = sum(float(row["EffectiveCost"]) for row in own)
        bought = sum(float(row["BilledCost"]) for row in own)
        # What was paid in advance is on no bill of the window.
        if bought > used + slack:
            wrong.append(f"{commitment}: ${bought} is billed, and ${used} is used and unused")
    return wrong


def failures(validator, file):
    """The rules of focus_validator that these rows break."""
    home = subprocess.check_output(
        [validator.parent / "python", "-c", "import focus_validator as it; print(it.__path__[0])"],
        text=True,
    )
    command = [validator, "--data-file", file, "--validate-version", "1.2", "--block-download"]
    command += ["--focus-dataset", "CostAndUsage", "--applicability-criteria", ",".join(DOES)]
    # It looks for its tables from the folder that it is installed in.
    done = subprocess.run(
        command, cwd=pathlib.Path(home.strip()).parent, capture_output=True, text=True, check=False
    )
    counted = re.search(r"Total: (\d+) \| Pass: (\d+) \| Fail: (\d+)", done.stdout)
    if counted is None:
        sys.exit(f"focus_validator says nothing: {done.stderr[-2000:]}")
    lines = re.findall(r"(\S+): FAIL\s+\((.*)", done.stdout)
    # A rule of rules fails with them, and is not a mistake of its own.
    own = [(rule, why) for rule, why in lines if "failed child rules" not in why]
    return counted[0], [f"{rule}: {why[:160]}" for rule, why in own if rule not in OF_SOME_ROWS]


spotsim, validator, folder, *scenarios = sys.argv[1:]
validator, folder = pathlib.Path(validator).absolute(), pathlib.Path(folder).absolute()
folder.mkdir(exist_ok=True)
wrong = []
for scenario in scenarios:
    kept = folder / pathlib.Path(scenario).stem
    run = [spotsim, "run", scenario, "-n", "1", "-q", "-o", "json", "--out", kept]
    summary = json.loads(subprocess.check_output(run))
    written = kept.with_suffix(".csv")
    subprocess.check_call([spotsim, "report", kept, "--focus", written, "-q"])
    with written.open() as file:
        rows = list(csv.DictReader(file))
    wrong += [f"{scenario}: {it}" for it in check(rows, kept, summary)]
    old = kept.with_suffix(".1.2.csv")
    with old.open("w") as file:
        names = [RENAMED.get(it, it) for it in rows[0]]
        table = csv.writer(file)
        table.writerows([names, *(row.values() for row in rows)])
    counted, broken = failures(validator, old)
    print(f"{scenario}: {len(rows)} rows; {counted}")
    wrong += [f"{scenario}: {it}" for it in broken]
if wrong:
    sys.exit(os.linesep.join(wrong))
