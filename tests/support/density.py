#!/usr/bin/env python3
"""How densely src/ is written: by room and overall, without tests and comments.

    tests/support/density.py              prints a table, and what is beyond its limit
    tests/support/density.py --check      the same; ends with 1 when something is beyond its limit
    tests/support/density.py --files 20   also the files with most combinators
"""

import argparse
import collections
import math
import pathlib
import re
import sys

SRC = pathlib.Path(__file__).resolve().parents[2] / "src"

OVERALL = 25  # combinators in 1,000 lines of code
ANY_ROOM = 35
CLOSURES = 1.5  # closures with a name in 1,000 lines of code
COLUMNS = 100
LONG_LINES = 0.5  # percent of all lines, those of tests included
P90 = 30  # lines of a function
LONGEST = 60

COMBINATORS = (
    "then then_some filter filter_map and_then map_or map_or_else is_some_and is_none_or is_ok_and "
    "is_err_and or_else flat_map find_map zip unwrap_or_else ok_or_else map_while take_while "
    "skip_while scan fold try_fold inspect"
).split()
COMBINATOR = re.compile(
    r"(?:\.\s*|\b(?:Option|Result|Iterator|bool)::)(?:%s)\s*(?:::<[^()]*>)?\(" % "|".join(COMBINATORS)
)
CLOSURE = re.compile(r"\blet\s+(?:mut\s+)?\w+\s*(?::[^=;{}]+)?=\s*(?:move\s+)?\|")
FUNCTION = re.compile(r"\bfn\s+(\w+)")
# A type of a trait stands indented and has no `pub`.
TYPE = re.compile(r"\b(?:struct|enum|trait|union)\s+(\w+)|(?:^|\bpub(?:\([^)]*\))?\s+)type\s+(\w+)", re.M)
TEST = re.compile(r"#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?")

TOKEN = re.compile(
    r"""
      (?P<line>//[^\n]*)
    | (?P<block>/\*)
    | (?P<raw>\bb?r(?P<hashes>\#*)")
    | (?P<text>b?"(?:[^"\\]|\\.)*")
    | (?P<char>b?'(?:[^'\\\n]|\\(?:u\{[^}]*\}|x..|.))')
    """,
    re.X | re.S,
)


def blank(text):
    """A text of which only the line ends are left."""
    return re.sub(r"[^\n]", " ", text)


def code_of(text):
    """The code without comments; texts and characters are empty. Every line stays where it is."""
    out, at = [], 0
    while found := TOKEN.search(text, at):
        out.append(text[at : found.start()])
        end = found.end()
        if found["block"]:
            depth = 1
            while depth and (mark := re.compile(r"/\*|\*/").search(text, end)):
                depth += 1 if mark[0] == "/*" else -1
                end = mark.end()
        elif found["raw"] is not None:
            close = '"' + found["hashes"]
            end = text.index(close, end) + len(close)
        whole = text[found.start() : end]
        if found["line"] or found["block"]:
            out.append(blank(whole))
        else:
            out.append('"' + blank(whole[1:-1]) + '"')
        at = end
    return "".join(out) + text[at:]


def body_end(code, at):
    """Where the item that begins here ends: behind its `;` or its closing brace."""
    depth = 0
    for mark in re.compile(r"[()\[\]{};]").finditer(code, at):
        if mark[0] in "([{":
            depth += 1
        elif mark[0] in ")]}":
            depth -= 1
            if depth < 0 or depth == 0 and mark[0] == "}":
                return mark.end()
        elif depth == 0:
            return mark.end()
    return len(code)


def without_tests(code):
    """The code without what is compiled for tests alone."""
    while found := TEST.search(code):
        end = body_end(code, found.end())
        code = code[: found.start()] + blank(code[found.start() : end]) + code[end:]
    return code


class Count:
    """What was counted in a file, a room, or everywhere."""

    def __init__(self):
        self.lines = self.combinators = self.closures = self.all_lines = self.long = 0
        self.functions = []

    def add(self, other):
        self.lines += other.lines
        self.combinators += other.combinators
        self.closures += other.closures
        self.all_lines += other.all_lines
        self.long += other.long
        self.functions += other.functions

    def dense(self):
        return 1000 * self.combinators / max(1, self.lines)

    def named(self):
        return 1000 * self.closures / max(1, self.lines)

    def long_percent(self):
        return 100 * self.long / max(1, self.all_lines)

    def p90(self):
        lengths = sorted(length for length, _ in self.functions)
        return lengths[math.ceil(0.9 * len(lengths)) - 1] if lengths else 0

    def longest(self):
        return max(self.functions, default=(0, ""))


def counted(name, text):
    """What stands in a file, the types it defines, and where its closures and long lines are."""
    code = without_tests(code_of(text))
    count = Count()
    count.lines = sum(bool(line.strip()) for line in code.splitlines())
    count.combinators = len(COMBINATOR.findall(code))
    count.closures = len(CLOSURE.findall(code))
    lines = text.splitlines()
    count.all_lines = len(lines)
    count.long = sum(len(line) > COLUMNS for line in lines)
    for found in FUNCTION.finditer(code):
        end = body_end(code, found.end())
        length = code.count("\n", found.start(), end) + 1
        count.functions.append((length, f"{name}: {found[1]}"))
    types = {found[1] or found[2] for found in TYPE.finditer(code)}
    return count, types


def test_files():
    """Files that a `#[cfg(test)] mod name;` declares."""
    found = set()
    for path in SRC.rglob("*.rs"):
        inside = path.parent if path.name in ("mod.rs", "lib.rs", "main.rs") else path.with_suffix("")
        for mark in TEST.finditer(path.read_text()):
            if module := re.compile(r"mod (\w+);").match(path.read_text(), mark.end()):
                found |= {inside / f"{module[1]}.rs", inside / module[1] / "mod.rs"}
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="end with 1 when a limit is broken")
    parser.add_argument("--files", type=int, default=0, metavar="N", help="list the N densest files")
    options = parser.parse_args()

    rooms, total, files = collections.defaultdict(Count), Count(), []
    homes = collections.defaultdict(lambda: collections.defaultdict(list))
    tests = test_files()
    for path in sorted(SRC.rglob("*.rs")):
        if path in tests:
            continue
        name = path.relative_to(SRC).as_posix()
        room = name.split("/")[0].removesuffix(".rs")
        count, types = counted(name, path.read_text())
        rooms[room].add(count)
        total.add(count)
        files.append((count, name))
        for known in types - {"Error"}:
            homes[known][room].append(name)

    print(f"{'room':12} {'lines':>6} {'combinators':>12} {'closures':>12} {'long lines':>11} {'p90':>4} longest")
    for name, count in [*sorted(rooms.items()), ("all", total)]:
        print(
            f"{name:12} {count.lines:6} {count.combinators:5} = {count.dense():4.1f} "
            f"{count.closures:6} = {count.named():3.1f} {count.long_percent():9.2f} % "
            f"{count.p90():4} {count.longest()[0]:7}"
        )
    densest = sorted(files, key=lambda file: -file[0].combinators)[: options.files]
    for count, name in densest:
        print(f"{count.dense():6.1f} {count.combinators:4} in {count.lines:4} lines  src/{name}")

    beyond = []

    def hold(what, found, limit):
        if found > limit:
            beyond.append(f"{what}: {found:.4g}, limit {limit}")

    hold("combinators in 1,000 lines overall", total.dense(), OVERALL)
    for room, count in sorted(rooms.items()):
        hold(f"combinators in 1,000 lines of {room}", count.dense(), ANY_ROOM)
    hold("named closures in 1,000 lines", total.named(), CLOSURES)
    hold(f"percent of lines over {COLUMNS} columns", total.long_percent(), LONG_LINES)
    hold("p90 of the lines of functions", total.p90(), P90)
    for length, where in sorted(total.functions, reverse=True):
        hold(f"lines of src/{where}", length, LONGEST)
    for known, where in sorted(homes.items()):
        if len(where) > 1:
            paths = " ".join(path for paths in where.values() for path in paths)
            beyond.append(f"type {known} is defined in {len(where)} rooms: {paths}")
    for line in beyond:
        print(f"beyond its limit: {line}")
    return int(options.check and bool(beyond))


sys.exit(main())
