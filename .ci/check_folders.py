#!/usr/bin/env python3
"""Run folders and drafts are whole or not there, whatever fails: every system call that writes of
`run`, `run --force` and `init` fails, and is where the program is killed; then kills at random times.

    check_folders.py SPOTSIM [RANDOM_KILLS] [--all]

After each there must be the old run or the new one, byte for byte, the message must say which, and
the next command must find nothing left to clear away that it does not clear away.
"""

import collections
import concurrent.futures
import filecmp
import itertools
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

SCENARIO = """apiVersion: spotsim/v1
name: small
horizon: 2h
provider: aws
region: us-east-1
pools:
  - {name: spot, count: 1, capacityType: spot, instanceTypes: [m6i.large]}
workloads:
  - name: web
    kind: Deployment
    replicas: REPLICAS
    template:
      containers:
        - {name: app, resources: {requests: {cpu: 500m, memory: 1Gi}}}
"""
UNAVAILABLE = 125
# Where names change decides what is there afterwards: around the first such call an outage that lasts
# is tried as well.
BEFORE, AFTER = 3, 8


def same(folder, reference):
    """Whether a folder holds the files of another, byte for byte, and nothing else."""
    if not folder.is_dir():
        return False
    names = sorted(os.listdir(reference))
    equal = (filecmp.cmp(folder / name, reference / name, shallow=False) for name in names)
    return sorted(os.listdir(folder)) == names and all(equal)


class Loop:
    """One command, made to fail at each of its calls in turn."""

    def __init__(self, tools, name, arguments, old, prefix=""):
        self.tools, self.name, self.arguments, self.old, self.prefix = tools, name, arguments, old, prefix
        self.log = []

    def go(self, at, what):
        """Runs the command in a folder of its own; its exit code, message and calls, and the folder."""
        place = pathlib.Path(tempfile.mkdtemp(dir=self.tools.root))
        if self.old:
            shutil.copytree(self.tools.old, place / "run")
        what = f"{self.prefix}{what}"
        log = self.tools.root / f"{place.name}.log"
        command = [self.tools.inject, str(at), what, log, self.tools.spotsim, *self.arguments]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stderr.strip(), log.read_text().split(), place

    def check(self, at, what):
        """What is wrong after a failure, if anything; and a word for what is there."""
        code, said, calls, place = self.go(at, what)
        call = next((call[1:] for call in calls if call.startswith("+")), "none")
        state, wrong = self.judge(code, said, place, what)
        left = sorted(name for name in os.listdir(place) if name.startswith(".spotsim-"))
        # Whatever is left, the next command that writes there clears it away.
        if left:
            subprocess.run([self.tools.spotsim, "init", "next.yaml"], cwd=place, check=True, capture_output=True)
        stays = sorted(name for name in os.listdir(place) if name.startswith(".spotsim-"))
        if stays:
            wrong.append(f"still there after the next command: {stays}")
        if left and what not in ("kill", "EROFS") and not call.startswith(("unlink", "rmdir")):
            wrong.append(f"left {left}")
        shutil.rmtree(place)
        wrong = [f"{self.name}: {what} at call {at}, {call}: {fault}; {code}: {said}" for fault in wrong]
        return (what, state, "litter" if left else "clean"), wrong

    def judge(self, code, said, place, what):
        new, old = same(place / "run", self.tools.new), same(place / "run", self.tools.old)
        there = (place / "run").exists()
        state = "new" if new else "old" if old else "torn" if there else "none"
        kept = [path for path in place.glob("run.old*") if same(path, self.tools.old)]
        lost = self.old and state == "none" and not kept
        wrong = []
        if state == "torn" or lost or (self.old and state == "none" and "noexchange" not in self.prefix):
            wrong.append("torn" if state == "torn" else "the old run is gone")
        if what == "kill":
            return state, wrong + ([] if code == 137 else ["not killed"])
        before = "old" if self.old else "none"
        elsewhere = re.search(r"the run that was there is in (\S+)", said)
        if elsewhere and not same(place / elsewhere[1], self.tools.old):
            wrong.append("the old run is not where the message says")
        if code == 0:
            says = "new"
        elif "as it was:" in said and self.old:
            says = "old"
        elif "nothing was left there:" in said and not self.old:
            says = "none"
        elif "nothing was simulated:" in said:
            says = before
        elif "is written, and may not be there" in said:
            says = "new"
        elif elsewhere:
            says = "none"
        else:
            says = "no true message"
        if says != state:
            wrong.append(f"the message says {says}, and there is {state}")
        return state, wrong


class Init(Loop):
    """The same of `init`, which writes two files."""

    FILES = ("scenario.yaml", "scenario.schema.json")

    def judge(self, code, said, place, what):
        whole = [same_file(place / name, self.tools.draft / name) for name in self.FILES]
        torn = [name for name, same in zip(self.FILES, whole) if not same and (place / name).exists()]
        state, wrong = f"{sum(whole)} of 2", [f"torn: {name}" for name in torn]
        if what == "kill":
            return state, wrong + ([] if code == 137 else ["not killed"])
        if code == 0 and not all(whole):
            wrong.append("exit code 0")
        if code != 0:
            named = re.search(r"cannot write (\S+); (nothing was|(\S+) was) written:", said)
            if not named:
                wrong.append("no true message")
            else:
                written = [name for name, same in zip(self.FILES, whole) if same]
                if written != ([named[3]] if named[3] else []):
                    wrong.append(f"{written} are there")
        return state, wrong


def same_file(one, other):
    return one.is_file() and filecmp.cmp(one, other, shallow=False)


class Tools:
    """The program, what makes it fail, and what it writes when nothing does."""

    def __init__(self, spotsim, root):
        self.spotsim, self.root = pathlib.Path(spotsim).resolve(), root
        self.inject = root / "inject"
        source = pathlib.Path(__file__).parent / "faults/inject.c"
        subprocess.run(["cc", "-O1", "-o", self.inject, source], check=True)
        self.old, self.new, self.draft = root / "old", root / "new", root / "draft"
        for name, replicas in (("a", "1"), ("b", "2")):
            (root / f"{name}.yaml").write_text(SCENARIO.replace("REPLICAS", replicas))
        self.run("a", self.new)
        self.run("b", self.old)
        self.draft.mkdir()
        subprocess.run([self.spotsim, "init"], cwd=self.draft, check=True, capture_output=True)

    def arguments(self, name, out, *more):
        scenario = self.root / f"{name}.yaml"
        return ["run", scenario, "-n", "1", "--threads", "1", "-q", "--out", out, *more]

    def run(self, *arguments):
        subprocess.run([self.spotsim, *self.arguments(*arguments)], check=True, capture_output=True)


def fail_at_every_call(tools, both):
    """Makes every call of every command fail, and says how that ended."""
    force = tools.arguments("a", "run", "--force")
    loops = [
        Loop(tools, "run", tools.arguments("a", "run"), old=False),
        Loop(tools, "run --force", force, old=True),
        Loop(tools, "run --force where nothing can be exchanged", force, old=True, prefix="noexchange,"),
        Init(tools, "init", ["init"], old=False),
    ]
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for loop in loops:
            code, said, calls, place = loop.go(0, "none")
            shutil.rmtree(place)
            if code == UNAVAILABLE:
                return None
            if code != 0:
                sys.exit(f"{loop.name}: {said}")
            every = range(1, len(calls) + 1)
            first = next(at for at, call in zip(every, calls) if call.startswith("rename"))
            last = every[max(0, first - 1 - BEFORE) : first + AFTER]
            if "noexchange" in loop.prefix:
                every = last
            cases = [(at, "kill") for at in every]
            # Without --all one error at each call, and both where names change.
            cases += [(at, ("ENOSPC", "EIO")[at % 2]) for at in every if not both]
            cases += itertools.product(every if both else last, ("ENOSPC", "EIO"))
            cases = sorted({*cases, *((at, "EROFS") for at in last)})
            ended = collections.Counter()
            for outcome, faults in pool.map(lambda case: loop.check(*case), cases):
                ended[outcome] += 1
                wrong += faults
            print(f"{loop.name}: {len(calls)} calls that write, {len(cases)} failures")
            for (what, state, left), count in sorted(ended.items()):
                print(f"  {what:6} {count:4} x {state}, {left}", flush=True)
    return wrong


def kill_at_random(tools, kills):
    """Kills runs over runs at random times, in one folder."""
    place = tools.root / "random"
    place.mkdir()
    shutil.copytree(tools.old, place / "run")
    began = time.monotonic()
    tools.run("a", place / "timed")
    takes = time.monotonic() - began
    draw, ended, wrong = random.Random(1), collections.Counter(), []
    for number in range(kills):
        arguments = tools.arguments("ab"[number % 2], "run", "--force")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen([tools.spotsim, *arguments], cwd=place, **quiet)
        time.sleep(draw.uniform(0, 1.2 * takes))
        process.kill()
        process.wait()
        a, b = same(place / "run", tools.new), same(place / "run", tools.old)
        ended["a" if a else "b" if b else "torn"] += 1
        ended["finished before" if process.returncode == 0 else "killed"] += 1
        if not (a or b):
            wrong.append(f"random kill {number}: the run is torn or gone")
        left = [name for name in os.listdir(place) if name.startswith(".")]
        ended["litter until the next command"] += len(left)
        if len(left) > 1:
            wrong.append(f"random kill {number}: {left}")
    subprocess.run([tools.spotsim, "init", "next.yaml"], cwd=place, check=True, capture_output=True)
    names = sorted(os.listdir(place))
    if names != ["next.yaml", "run", "scenario.schema.json", "timed"]:
        wrong.append(f"after all kills there are {names}")
    print(f"{kills} kills at random times:", ", ".join(f"{count} {what}" for what, count in sorted(ended.items())))
    return wrong


def main():
    both, (spotsim, *more) = "--all" in sys.argv, [word for word in sys.argv[1:] if word != "--all"]
    kills = int(more[0]) if more else 40
    # Memory where there is some: this is about what is written in which order, not about disks.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as root:
        tools = Tools(spotsim, pathlib.Path(root))
        wrong = fail_at_every_call(tools, both)
        if wrong is None:
            print("skipped: this system lets no program decide on the system calls of another")
            wrong = []
        wrong += kill_at_random(tools, kills)
    if wrong:
        sys.exit("\n".join(wrong[:20] + [f"{len(wrong)} faults"]))
    print("each left the old run or the new one, whole, and said so")


main()
