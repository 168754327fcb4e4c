"""Soak a server: many clients at once, for long, in an order that a seed gives, every answer compared.

    soak.py [--seconds 600] [--seed 1] [--clients recorded=3,raw=2,rough=1] [--server="--threads 4"] [--keep FOLDER] [--wrap COMMAND]

The kinds of client are the roles of work.py; the server is build/piezo (BUILD names another build directory, --wrap puts words before its command).
Told at the end, and the reason for a non-zero exit status: the death of the server, no progress for a minute, answers that are not as recorded
(each is asked again alone: what fails alone too is no matter of soaking, but fails all the same), errors the engine calls internal or fatal,
threads, file descriptors and files that stay behind when the clients are gone.  Memory, threads and descriptors are told as they grow.
"""
import argparse
import collections
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)
from conftest import PIEZO, free_port, wait_until_listening  # noqa: E402

DEFAULT = "recorded=2,raw=2,rough=1,killed=1"
EVERYTHING = "recorded=1,raw=1,rough=1,killed=1,tables=2,cache=2,catalog=2,settings=1,deep=1"
QUIET = float(os.environ.get("SOAK_QUIET", 60))   # seconds without an answer that are a hang
ENGINE = re.compile(r"event=engine_error .*|.*(FATAL|INTERNAL) Error.*|.*event=engine_lost.*")


def usage(pid):
    """Resident MiB, threads, file descriptors."""
    with open(f"/proc/{pid}/status") as f:
        status = dict(line.split(":\t", 1) for line in f if ":\t" in line)
    return int(status["VmRSS"].split()[0]) // 1024, int(status["Threads"]), len(os.listdir(f"/proc/{pid}/fd"))


class Soak:
    def __init__(self, clients, seconds, seed, server=(), keep=None, wrap=(), quiet=False):
        self.clients, self.seconds, self.seed, self.server, self.wrap, self.quiet = clients, seconds, seed, server, wrap, quiet
        self.folder = keep or tempfile.mkdtemp(prefix="soak")
        self.log = os.path.join(self.folder, "piezo.log")
        self.done, self.said = collections.Counter(), collections.Counter()
        self.wrong = collections.OrderedDict()     # what -> [count, first text]
        self.faults, self.last = [], {}
        self.remains = []

    def say(self, *words):
        if not self.quiet:
            print(time.strftime("%H:%M:%S"), *words, flush=True)

    def listen(self, number, process):
        for line in process.stdout:
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if told.get("done"):
                self.last[number] = time.time()
            self.done[told["role"]] += told.get("done", 0)
            self.said.update(told.get("said", {}))
            if "wrong" in told:
                first = told["wrong"] not in self.wrong
                self.wrong.setdefault(told["wrong"], [0, told["text"]])[0] += 1
                if first:
                    self.say("WRONG", told["wrong"], told["text"][:600])

    def start(self):
        temporary = os.path.join(self.folder, "tmp")
        os.makedirs(temporary, exist_ok=True)
        self.port = free_port()
        self.url = f"sc://127.0.0.1:{self.port}"
        arguments = list(self.server)
        if "--warehouse" not in arguments:
            arguments += ["--warehouse", os.path.join(self.folder, "warehouse")]
        out = open(self.log, "ab")
        self.process = subprocess.Popen([*self.wrap, PIEZO, "serve", "--port", str(self.port), *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                        env={**os.environ, "TMPDIR": temporary})
        wait_until_listening(self.process, self.port, 60)
        self.pid = self.process.pid
        if self.wrap:                          # the server is a child of what was put before it
            with open(f"/proc/{self.pid}/task/{self.pid}/children") as f:
                self.pid = int((f.read().split() or [self.pid])[0])

    def state(self):
        memory, threads, files = usage(self.pid)
        return f"{memory} MiB, {threads} threads, {files} files"

    def ended(self, workers, end):
        """Until the time is over, or something is wrong for good."""
        begin = shown = time.time()
        while time.time() < end:
            time.sleep(0.5)
            if self.process.poll() is not None:
                self.faults.append(f"the server ended with status {self.process.returncode}")
                return
            now = time.time()
            for n, (role, p) in enumerate(workers):
                if p.poll() is not None and now < end - 5:
                    self.faults.append(f"a client ({role}) ended with status {p.returncode}")
                    return
                if now - self.last[n] > QUIET:
                    self.faults.append(f"a client ({role}) got no answer for {QUIET} s")
                    self.stacks()
                    return
            if now - shown >= (30 if now - begin < 300 else 300):
                shown = now
                self.say(f"{now - begin:.0f} s:", sum(self.done.values()), "done,", self.state())

    def stacks(self):
        if shutil.which("gdb"):
            with open(os.path.join(self.folder, "stacks.txt"), "ab") as f:
                subprocess.run(["gdb", "-p", str(self.pid), "-batch", "-ex", "thread apply all bt 40"], stdout=f, stderr=f, timeout=120)

    def run(self):
        self.start()
        self.say("server", self.process.pid, "folder", self.folder, "seed", self.seed, self.state())
        begin, workers, listeners = time.time(), [], []
        try:
            for role, count in self.clients:
                for _ in range(count):
                    n = len(workers)
                    p = subprocess.Popen([sys.executable, os.path.join(HERE, "work.py"), role, self.url, f"{self.seed}.{n}", str(begin + self.seconds), self.folder],
                                         stdout=subprocess.PIPE, stderr=open(os.path.join(self.folder, f"client-{n}-{role}.err"), "wb"), text=True)
                    self.last[n] = time.time() + 20
                    workers.append((role, p))
                    listeners.append(threading.Thread(target=self.listen, args=(n, p), daemon=True))
                    listeners[-1].start()
            self.ended(workers, begin + self.seconds)
            for role, p in workers:
                try:
                    p.wait(QUIET if not self.faults else 0.1)
                except subprocess.TimeoutExpired:
                    if not self.faults:
                        self.faults.append(f"a client ({role}) does not come to its end")
                        self.stacks()
                    p.kill()
                    p.wait()
            for t in listeners:
                t.join(5)
            self.afterwards()
        finally:
            for _, p in workers:
                if p.poll() is None:
                    p.kill()
            self.stop()
        return self

    def afterwards(self):
        """Failures asked again alone; what stays behind."""
        if self.process.poll() is not None or self.faults:
            return
        import work

        cases = {c.ident: c for c in work.all_cases()} if any(":" in w for w in self.wrong) else {}
        for what, told in self.wrong.items():
            if what in cases:
                alone = [work.attempt(cases[what], self.url) for _ in range(3)]
                told.append("passes alone" if not any(alone) else "fails alone too")
        self.say("clients gone:", self.state())
        time.sleep(3)
        self.remains.append(self.state())
        self.say("after rest:", self.state())

    def stop(self):
        if self.process.poll() is None:
            os.kill(self.pid, 15)
            try:
                code = self.process.wait(60)
                if code and not self.wrap:
                    self.faults.append(f"the server ended with status {code} when it was told to")
            except subprocess.TimeoutExpired:
                self.faults.append("the server does not end when told to")
                self.stacks()
                os.kill(self.pid, 9)
                self.process.wait()
            left = [os.path.join(d, f) for d, _, files in os.walk(os.path.join(self.folder, "tmp")) for f in files if "frames" not in d]
            if left:
                self.faults.append(f"{len(left)} files stay behind: {left[:5]}")
        with open(self.log, errors="replace") as f:
            errors = collections.Counter(re.sub(r"\d+", "N", m.group(0))[:300] for line in f for m in [ENGINE.search(line)] if m)
        self.errors = errors

    def report(self):
        self.say("done:", dict(self.done), "in all", sum(self.done.values()))
        self.say("errors that are allowed:", dict(self.said))
        for text, n in self.errors.most_common(20):
            self.say("engine:", n, text)
        for what, (n, text, *alone) in self.wrong.items():
            self.say("WRONG", n, what, *alone, "\n   ", text)
        for f in self.faults:
            self.say("FAULT", f)
        return not self.wrong and not self.faults and sum(self.done.values()) > 0


def clients(text):
    text = {"default": DEFAULT, "everything": EVERYTHING}.get(text, text)
    return [(role, int(n or 1)) for role, _, n in (part.partition("=") for part in text.split(","))]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seconds", type=float, default=600)
    p.add_argument("--seed", default="1")
    p.add_argument("--clients", default="default", help="role=number,... or `default`, `everything`")
    p.add_argument("--server", default="", help="options of the server")
    p.add_argument("--keep", help="an empty folder for logs and the warehouse, kept")
    p.add_argument("--wrap", default="", help="words before the server's command")
    o = p.parse_args()
    if o.keep:
        os.makedirs(o.keep, exist_ok=True)
    soak = Soak(clients(o.clients), o.seconds, o.seed, shlex.split(o.server), o.keep, shlex.split(o.wrap))
    good = soak.run().report()
    if good and not o.keep:
        shutil.rmtree(soak.folder, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
