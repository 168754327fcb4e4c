"""Runs the documentation examples of the installed PySpark client against a Spark Connect server.

    documented.py URL MODULE[/NAME,NAME]...      one JSON line for each docstring: module, name, examples, failures

A docstring counts when all of its examples print what they say.  The set-up of each module (whose docstrings, which names are in sight, which
comparisons are lenient) is what the client's own test entry points do with SPARK_CONNECT_TESTING_REMOTE; each run has a directory of its own.
"""
import doctest
import importlib
import json
import os
import signal
import sys
import tempfile
import time

LENIENT = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
# name -> (module that holds the docstrings, comparison)
MODULES = {
    "column": ("pyspark.sql.column", LENIENT),
    "conf": ("pyspark.sql.connect.conf", LENIENT),
    "catalog": ("pyspark.sql.connect.catalog", LENIENT),
    "dataframe": ("pyspark.sql.dataframe", LENIENT),
    "group": ("pyspark.sql.connect.group", doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE),
    "readwriter": ("pyspark.sql.connect.readwriter", LENIENT),
    "session": ("pyspark.sql.connect.session", LENIENT),
    "window": ("pyspark.sql.window", LENIENT),
    "tvf": ("pyspark.sql.connect.tvf", LENIENT),
    "observation": ("pyspark.sql.connect.observation", LENIENT),
    "functions": ("pyspark.sql.connect.functions.builtin", LENIENT),
}
LIMIT = 60                # seconds for one docstring
TIME_ZONE = "America/Los_Angeles"


class TooLong(BaseException):
    """A docstring took too long; not an Exception, so that no example can expect it."""


def ring(*_):
    raise TooLong()


class Runner(doctest.DocTestRunner):
    """Keeps what failed instead of printing it."""

    def __init__(self, flags):
        super().__init__(verbose=False, optionflags=flags)
        self.failed = []

    def keep(self, example, got):
        self.failed.append({"line": example.lineno, "source": example.source, "want": example.want, "got": got})

    def report_start(self, out, test, example):
        pass

    def report_failure(self, out, test, example, got):
        self.keep(example, got)

    def report_unexpected_exception(self, out, test, example, info):
        self.keep(example, f"{info[0].__name__}: {info[1]}")


def without(module, *paths):
    """Takes docstrings out that the client's own entry point takes out too."""
    for path in paths:
        owner = module
        *steps, last = path.split(".")
        for s in steps:
            owner = getattr(owner, s, None)
        thing = getattr(owner, last, None)
        if thing is not None:
            thing.__doc__ = None


def prepare(name, module, globs):
    from pyspark.sql import SparkSession

    if name == "dataframe":
        without(module, "DataFrame.toJSON")
        module.DataFrame.rdd = None
    elif name == "session":
        globs["SparkSession"] = SparkSession
        without(module, "SparkSession", "SparkSession.Builder.master")


def documented(name, url, wanted=None):
    """Yields (docstring's name, number of examples, failures) of one module."""
    from pyspark.sql import SparkSession

    path, flags = MODULES[name]
    module = importlib.import_module(path)
    globs = module.__dict__.copy()
    globs["spark"] = SparkSession.builder.appName("documented").remote(url).getOrCreate()
    globs["spark"].conf.set("spark.sql.session.timeZone", TIME_ZONE)
    prepare(name, module, globs)
    signal.signal(signal.SIGALRM, ring)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, globs=globs):
        if not test.examples or wanted is not None and test.name not in wanted:
            continue
        runner = Runner(flags)
        signal.alarm(LIMIT)
        try:
            runner.run(test, out=lambda _: None, clear_globs=False)
        except TooLong:
            runner.failed.append({"line": 0, "source": "", "want": "", "got": f"longer than {LIMIT} s"})
        finally:
            signal.alarm(0)
        yield test.name, len(test.examples), runner.failed
    globs["spark"].stop()


def run(name, url, wanted=None):
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for test, examples, failed in documented(name, url, wanted):
                print(json.dumps({"module": name, "name": test, "examples": examples, "failures": failed}), flush=True)
        finally:
            os.chdir(here)


def main():
    os.environ["TZ"] = TIME_ZONE
    time.tzset()
    url, *names = sys.argv[1:]
    os.environ["SPARK_CONNECT_TESTING_REMOTE"] = url
    for name in names:
        module, _, part = name.partition("/")
        run(module, url, set(part.split(",")) if part else None)


if __name__ == "__main__":
    main()
