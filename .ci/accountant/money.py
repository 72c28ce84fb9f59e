"""Money: what a run costs, and what its nodes would have cost on-demand.

Amounts are integers in micro-dollars an hour times milliseconds, and are divided once, at the end.
"""

from dataclasses import dataclass

from .facts import Record

MS_PER_HOUR = 3_600_000
TAKEN = ("Reclaimed", "Outbid")
# OpenCost's weights, by which a machine's price is split between its resources.
CPU_WEIGHT = 31_611 * (1 << 20)
MEMORY_WEIGHT = 4_237


@dataclass
class Bill:
    """The time for which an instance is billed, as (from, to, price)."""

    order: int
    instance_type: str
    zone: str
    spot: bool
    free: bool
    lines: list[tuple[int, int, int]]

    def held(self) -> int:
        return sum(to - start for start, to, _ in self.lines)

    def cost(self) -> int:
        return 0 if self.free else sum((to - start) * price for start, to, price in self.lines)


def micro_usd(amount: int) -> int:
    """An exact amount in micro-dollars, half to even."""
    whole, rest = divmod(amount, MS_PER_HOUR)
    return whole + (2 * rest > MS_PER_HOUR or (2 * rest == MS_PER_HOUR and whole % 2 == 1))


def bills(record: Record) -> list[Bill]:
    """A bill for each instance, in the order of their launches."""
    billing, (start, end) = record.legend["billing"], record.window
    launches, gone, prices = {}, {}, {}
    for fact in record.facts:
        match fact["kind"]:
            case "NodeLaunched":
                launches[fact["node"]] = fact
            case "NodeGone":
                gone[fact["node"]] = fact
            case "PriceChanged":
                prices.setdefault(offering(fact), []).append((fact["ms"], fact["microUsdPerHour"]))
    made = []
    for order, (node, launch) in enumerate(launches.items()):
        begin, left = launch["ms"], gone.get(node)
        spot, free, until, last = launch["capacityType"] == "spot", False, end, end
        if left:
            held = last = left["ms"] - begin
            last = left["ms"]
            steps = -(-held // max(billing["granularityMs"], 1)) * billing["granularityMs"]
            until = begin + max(steps, billing["minimumMs"])
            # Only what the provider takes is free: not what is given back, nor what fails.
            free = spot and left["why"] in TAKEN and held < billing["freeIfReclaimedBeforeMs"]
        # The price of the launch holds until the next change; what is billed beyond the end of the
        # instance is billed at its last price.
        changes = [it for it in prices.get(offering(launch), []) if begin < it[0] <= last]
        edges = [(begin, launch["microUsdPerHour"]), *changes, (until, 0)]
        lines = [
            (max(a, start), min(b, end), price)
            for (a, price), (b, _) in zip(edges, edges[1:], strict=False)
        ]
        lines = [line for line in lines if line[0] < line[1]]
        made.append(Bill(order, launch["instanceType"], launch["zone"], spot, free, lines))
    return made


def offering(fact: dict) -> tuple[str, str, str]:
    return fact["instanceType"], fact["zone"], fact["capacityType"]


def on_demand(bill: Bill, price: int) -> Bill:
    """The bill of the same instance bought on-demand: never taken, and so never free."""
    lines = [(a, b, price if bill.spot else paid) for a, b, paid in bill.lines]
    return Bill(bill.order, bill.instance_type, bill.zone, False, False, lines)


def cost(record: Record) -> int:
    """The effective cost: instances, commitments, and what is paid beside them."""
    own = bills(record)
    return instances(record, own) + beside(record, own)


def same_nodes(record: Record) -> int:
    """Baseline A: the same instances, all of them on-demand, under the same contract."""
    prices = {
        it["instanceType"]: it["onDemandMicroUsdPerHour"] for it in record.legend["instanceTypes"]
    }
    own = bills(record)
    bought = [on_demand(bill, prices[bill.instance_type]) for bill in own]
    return instances(record, bought) + beside(record, own)


def beside(record: Record, own: list[Bill]) -> int:
    """The control plane, the boot volume of each instance, and persistent volumes."""
    start, end = record.window
    plane = record.legend["controlPlaneMicroUsdPerHour"] * (end - start)
    boot = sum(record.legend["bootVolumeMicroUsdPerHour"] * bill.held() for bill in own)
    volumes = record.legend["persistentVolumes"]
    paid = sum(it["microUsdPerHour"] * max(end - max(start, it["fromMs"]), 0) for it in volumes)
    return plane + boot + paid


def instances(record: Record, own: list[Bill]) -> int:
    """What instances cost, with the commitments that cover them and what of those is not used."""
    total = sum(bill.cost() for bill in own)
    commitments = record.legend["commitments"]
    if not commitments:
        return total
    machines = {it["instanceType"]: it for it in record.legend["instanceTypes"]}
    lines = [(bill, line) for bill in own if not bill.spot for line in bill.lines]
    start, end = record.window
    edges = sorted({start, end, *(edge for _, line in lines for edge in line[:2])})
    for a, b in zip(edges, edges[1:], strict=False):
        running = sorted(
            ((bill, line[2]) for bill, line in lines if line[0] <= a and b <= line[1]),
            key=lambda it: it[0].order,
        )
        left = [Left(bill, price, machines[bill.instance_type]) for bill, price in running]
        covered = sum(commitment["microUsdPerHour"] for commitment in commitments)
        for commitment in commitments:
            cover(commitment, left)
        saved = sum(price - it.price for (_, price), it in zip(running, left, strict=True))
        total += (covered - saved) * (b - a)
    return total


class Left:
    """What of an instance no commitment has taken over yet."""

    def __init__(self, bill: Bill, price: int, machine: dict):
        self.bill, self.full, self.price = bill, price, price
        self.weight = max(int(machine["weight"]), 1)
        self.whole = True
        self.cpu, self.memory = machine["milliCpu"], machine["memoryBytes"]

    def wants(self, unit: str) -> int:
        amounts = {"instance": int(self.whole), "milliCpu": self.cpu}
        amounts |= {"memoryByte": self.memory, "microUsdPerHour": self.price}
        return amounts[unit]

    def give(self, unit: str, amount: int) -> None:
        if unit == "instance":
            self.cpu = self.memory = self.price = 0
        elif unit == "milliCpu":
            self.cpu -= amount
            share = amount * CPU_WEIGHT // 1_000
            self.price -= min(self.price, self.full * share // self.weight)
        elif unit == "memoryByte":
            self.memory -= amount
            share = amount * MEMORY_WEIGHT // (1 << 10)
            self.price -= min(self.price, self.full * share // self.weight)
        else:
            self.price -= amount
        self.whole = False


def cover(commitment: dict, left: list[Left]) -> None:
    """Lets a commitment take over what it can, in the order of launches."""
    amount = commitment["amount"]
    for it in left:
        here = commitment["zone"] in (None, it.bill.zone)
        if here and it.bill.instance_type in commitment["instanceTypes"]:
            used = min(it.wants(commitment["unit"]), amount)
            if used > 0:
                it.give(commitment["unit"], used)
                amount -= used
