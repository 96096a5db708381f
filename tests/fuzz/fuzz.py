#!/usr/bin/env python3
"""Builds and runs the fuzz targets, and keeps what they found out.

    tests/fuzz/fuzz.py seed [TARGET...]          first inputs: those kept here, and messages of this repository
    tests/fuzz/fuzz.py run SECONDS [TARGET...]   builds, runs each target for so long, adds to LEDGER.md
    tests/fuzz/fuzz.py again SECONDS [TARGET...] the same without building
    tests/fuzz/fuzz.py keep [TARGET...]          minimises the corpora; the smallest go into inputs/
    tests/fuzz/fuzz.py sum                       what LEDGER.md holds, summed

Needs a nightly compiler and `cargo install cargo-fuzz`. Without names, all targets are meant.
"""

import base64
import collections
import datetime
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORPUS, INPUTS, ARTIFACTS = HERE / "corpus", HERE / "inputs", HERE / "artifacts"
LEDGER = HERE / "LEDGER.md"
BINARIES = HERE / "target/x86_64-unknown-linux-gnu/release"
# Of each target the smallest inputs are kept, up to so many bytes.
KEPT = 12 << 10
# Bytes of the longest input that is tried. Short ones are quick, and show the same.
LONGEST = collections.defaultdict(lambda: 600, export=2000, line_ends=1000, mime=1500, config=1200)


def targets(names):
    """All targets, or those that are named."""
    known = re.findall(r'^name = "(\w+)"\npath', (HERE / "Cargo.toml").read_text(), re.M)
    for name in names:
        if name not in known:
            sys.exit(f"fuzz.py: there is no target {name}; there are {', '.join(known)}")
    return names or known


def seed(names):
    """Makes the first inputs."""
    mails = [path.read_bytes() for path in sorted((ROOT / "tests/corpus").rglob("*.eml"))]
    mails = [mail for mail in mails if len(mail) < 24 << 10]
    for name in targets(names):
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        kept = INPUTS / f"{name}.txt"
        lines = kept.read_text().split() if kept.exists() else []
        inputs = [base64.b64decode(line) for line in lines] + list(first(name, mails))
        for number, data in enumerate(inputs):
            (folder / f"seed-{number}").write_bytes(data[: LONGEST[name]])


def first(name, mails):
    """First inputs of a target that are cut out of messages and files of this repository."""
    if name in ("report", "export", "line_ends", "mime"):
        yield from mails
    for mail in mails:
        lines = mail.splitlines(keepends=True)
        if name == "hops":
            yield b"".join(line for line in lines if re.match(rb"(?i)received:|\s+(by|for|id|with)\b", line))
        elif name in ("words", "text"):
            told = [line for line in lines if re.search(rb"=\?|@|<td|[\x80-\xff]", line)]
            yield b"iso-8859-2\n" + b"".join(told)[:500]
        elif name == "date":
            yield from re.findall(rb"(?i)(?:mon|tue|wed|thu|fri|sat|sun), \d.{10,30}$", mail, re.M)[:1]
        elif name == "mbox":
            yield b"\x07From a@b.example Mon May  4 06:57:12 2026\n" + mail[:300] + b"\n\nFrom a@b.example Mon May  4 06:57:12 2026\n"
    if name == "config":
        yield re.sub(rb"(?m)^# ?(?=[a-z\[])", b"", (ROOT / "assets/config.sample.toml").read_bytes())
    if name == "rules":
        for path in sorted((ROOT / "assets/rules").glob("*.toml")):
            yield from (b"[[rule]]" + rule for rule in path.read_bytes().split(b"[[rule]]")[1:4])
    if name == "imap":
        body = b"From: a@b.example\r\n\r\nx"
        yield b"\x07* 1 FETCH (FLAGS (\\Seen) UID 3 BODY[]<0> {%d}\r\n%s)\r\n* 7 EXISTS\r\nd1 OK done\r\n" % (len(body), body)
        yield b"\x03a1 OK in\r\n* 7 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\na2 OK [READ-ONLY] x\r\n* LIST () \"/\" {5}\r\nINBOX\r\na3 OK x\r\n"


def build(names):
    """Builds the targets: safe code needs no AddressSanitizer, which costs most of the speed."""
    command = ["cargo", "+nightly", "fuzz", "build", "--fuzz-dir", ".", "-s", "none"]
    for name in names or [None]:
        subprocess.run(command + [name] * bool(name), cwd=HERE, check=True)


def binary(name, *arguments):
    """Runs a target; returns what it said, its seconds of CPU and how it ended."""
    log = tempfile.TemporaryFile()
    (ARTIFACTS / name).mkdir(parents=True, exist_ok=True)
    command = [BINARIES / name, f"-artifact_prefix={ARTIFACTS / name}/", *arguments]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    for scratch in pathlib.Path("/dev/shm").glob(f"deadletter-fuzz-{process.pid}-*"):
        shutil.rmtree(scratch)
    log.seek(0)
    return log.read().decode(errors="replace"), usage.ru_utime + usage.ru_stime, process.returncode


def run(seconds, names):
    """Runs the targets one after another and writes down what they did."""
    broken = []
    for name in targets(names):
        (CORPUS / name).mkdir(parents=True, exist_ok=True)
        said, cpu, code = binary(
            name, CORPUS / name, f"-dict={HERE / 'mail.dict'}", f"-max_len={LONGEST[name]}", "-timeout=60",
            "-rss_limit_mb=1500", f"-max_total_time={seconds}", "-print_final_stats=1", "-use_value_profile=0",
        )
        found = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
        count = int(found[1]) if found else 0
        if found:
            with open(LEDGER) as ledger:
                fcntl.flock(ledger, fcntl.LOCK_EX)
                note(name, count, cpu)
        print(f"{name}: {count:,} executions, {cpu:.1f} s CPU, {count / max(cpu, 0.01):,.0f} a second", flush=True)
        if code:
            broken.append(name)
            print("\n".join(said.splitlines()[-60:]), flush=True)
    if broken:
        sys.exit(f"fuzz.py: something does not hold: {', '.join(broken)}; see {ARTIFACTS}")


ROW = re.compile(r"^\| `(\w+)` +\| (\S+) +\| ([\d,]+) +\| ([\d,.]+) +\|.*$", re.M)


def rows():
    """The ledger: executions and seconds of CPU by target and day."""
    found = ROW.findall(LEDGER.read_text())
    return {(name, day): (int(n.replace(",", "")), float(cpu.replace(",", ""))) for name, day, n, cpu in found}


def note(name, count, cpu):
    """Adds to the row of the target and the day."""
    table = rows()
    key = (name, datetime.datetime.now(datetime.timezone.utc).date().isoformat())
    before = table.get(key, (0, 0.0))
    table[key] = (before[0] + count, before[1] + cpu)
    order = targets([])
    names = sorted(table, key=lambda key: (order.index(key[0]) if key[0] in order else 99, key))
    lines = ["| target | date | executions | CPU seconds | a second |", "|---|---|--:|--:|--:|"]
    for key in names:
        count, cpu = table[key]
        lines.append(f"| `{key[0]}` | {key[1]} | {count:,} | {cpu:,.0f} | {count / max(cpu, 1):,.0f} |")
    executions, seconds = (sum(column) for column in zip(*table.values()))
    lines.append(f"\n**{executions:,} executions** in {seconds:,.0f} seconds of CPU.\n")
    text = LEDGER.read_text()
    begin, end = "<!-- written by fuzz.py -->\n", "<!-- until here -->"
    before, rest = text.split(begin)
    LEDGER.write_text(before + begin + "\n".join(lines) + "\n" + end + rest.split(end)[1])


def keep(names):
    """Minimises the corpora and keeps the smallest inputs, one a line."""
    INPUTS.mkdir(exist_ok=True)
    for name in targets(names):
        least = CORPUS / f"{name}.least"
        shutil.rmtree(least, ignore_errors=True)
        least.mkdir(parents=True)
        said, _, code = binary(name, "-merge=1", f"-max_len={LONGEST[name]}", least, CORPUS / name)
        if code:
            sys.exit(said)
        shutil.rmtree(CORPUS / name)
        least.rename(CORPUS / name)
        kept, size = [], 0
        for data in sorted((path.read_bytes() for path in (CORPUS / name).iterdir()), key=lambda data: (len(data), data)):
            size += len(data) + 8
            if size > KEPT:
                break
            kept.append(base64.b64encode(data).decode())
        (INPUTS / f"{name}.txt").write_text("\n".join(kept) + "\n")
        print(f"{name}: {len(kept)} of {len(list((CORPUS / name).iterdir()))} inputs")


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in ("seed", "run", "again", "keep", "sum"):
        sys.exit(__doc__)
    what, rest = sys.argv[1], sys.argv[2:]
    if what == "seed":
        seed(rest)
    elif what in ("run", "again"):
        if what == "run":
            build(rest[1:])
        run(int(rest[0]), rest[1:])
    elif what == "keep":
        keep(rest)
    else:
        table = rows()
        print(f"{sum(count for count, _ in table.values()):,} executions, {sum(cpu for _, cpu in table.values()):,.0f} s CPU")


main()
