#!/usr/bin/env python3
"""Run the tests and count them: tools/run_tests.py [SUITE[/NAME]] ...

Suites: tables (includes point one way, tables are sound), unit (cmocka programs), fuzz (short runs), and the pytest suites, which are the
other directories of tests/.  Without arguments all of them run.  NAME narrows a suite to tests whose file or name contains it.
The last line is `N passed, N failed`; the exit status is 1 if anything failed.  BUILD names the build directory.
"""
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("BUILD", "build")
PYTEST_SUITES = ["sql", "statements", "functions", "protocol", "pyspark", "relations", "doctests", "programs", "client", "fault", "soak"]
LIMIT = {"unit": 300, "fuzz": 300, "pytest": 1500}


def run(command, limit, **more):
    """Exit status and output; a command that hangs counts as failed."""
    try:
        p = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit, text=True,
                           errors="replace", cwd=ROOT, **more)
        return p.returncode, p.stdout
    except subprocess.TimeoutExpired as e:
        return 124, (e.stdout or b"").decode(errors="replace") + f"\n(stopped after {limit} s)\n"


def say(ok, name, seconds, output=""):
    print(f"{'ok  ' if ok else 'FAIL'} {name} ({seconds:.1f} s)", flush=True)
    if not ok:
        print(output[-6000:], flush=True)


def one(name, command, limit):
    start = time.time()
    status, output = run(command, limit)
    say(status == 0, name, time.time() - start, output)
    return (1, 0) if status == 0 else (0, 1)


def tables(_):
    checks = [p for p in ("tools/check_includes", "tools/check_tables") if os.access(os.path.join(ROOT, p), os.X_OK)]
    return [one(p, [p], 300) for p in checks] + [one("coverage", ["tools/make_coverage.py", "--check"], 60)]


def programs(prefix, pattern):
    folder = os.path.join(ROOT, BUILD, "tests")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [n for n in names if n.startswith(prefix) and "." not in n and pattern in n]


def unit(pattern):
    counts = []
    for name in programs("test_", pattern):
        start = time.time()
        status, output = run([os.path.join(BUILD, "tests", name)], LIMIT["unit"], env={**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP"})
        passed, failed = len(re.findall(r"^ok ", output, re.M)), len(re.findall(r"^not ok ", output, re.M))
        if status != 0 and failed == 0:
            failed = 1                             # it crashed
        say(failed == 0, f"unit/{name}: {passed} passed", time.time() - start, output)
        counts.append((passed, failed))
    return counts


def fuzz(pattern):
    counts = []
    for name in programs("fuzz_", pattern):
        corpus = os.path.join(ROOT, "tests", "fuzz", "corpus", name[len("fuzz_"):])
        files = sorted(os.path.join(corpus, f) for f in os.listdir(corpus)) if os.path.isdir(corpus) else []
        counts.append(one(f"fuzz/{name}", [os.path.join(BUILD, "tests", name), *files], LIMIT["fuzz"]))
    return counts


def pytest(suite, pattern):
    folder = os.path.join(ROOT, "tests", suite)
    files = [f for _, _, names in os.walk(folder) for f in names if f.startswith("test_") and f.endswith(".py")]
    if not files:
        return []
    report = os.path.join(ROOT, BUILD, f"report-{suite}.xml")
    os.makedirs(os.path.dirname(report), exist_ok=True)
    if os.path.exists(report):
        os.remove(report)
    command = [sys.executable, "-m", "pytest", "-q", "-x" if os.environ.get("STOP") else "-q", "--junitxml", report, folder]
    if pattern:
        command += ["-k", pattern]
    start = time.time()
    status, output = run(command, LIMIT["pytest"])
    if not os.path.exists(report):
        say(False, suite, time.time() - start, output)
        return [(0, 1)]
    root = xml.parse(report).getroot()
    cases = root if root.tag == "testsuite" else root.find("testsuite")
    total, bad, skipped = (int(cases.get(k, 0)) for k in ("tests", "failures", "skipped"))
    bad += int(cases.get("errors", 0))
    say(bad == 0 and status in (0, 5), f"{suite}: {total - bad - skipped} passed, {skipped} skipped", time.time() - start, output)
    return [(total - bad - skipped, bad if bad or status in (0, 5) else 1)]


def main():
    wanted = sys.argv[1:] or ["tables", "unit", "fuzz", *PYTEST_SUITES]
    counts = []
    for want in wanted:
        suite, _, pattern = want.partition("/")
        if suite == "tables":
            counts += tables(pattern)
        elif suite == "unit":
            counts += unit(pattern)
        elif suite == "fuzz":
            counts += fuzz(pattern)
        elif suite in PYTEST_SUITES:
            counts += pytest(suite, pattern)
        else:
            sys.exit(f"no suite {suite}; there are: tables unit fuzz {' '.join(PYTEST_SUITES)}")
    passed, failed = sum(c[0] for c in counts), sum(c[1] for c in counts)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
