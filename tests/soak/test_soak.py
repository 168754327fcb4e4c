"""A short soak in every test run: all kinds of clients at once, on a small machine's worth of threads."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import soak  # noqa: E402


def test_everything_at_once(tmp_path):
    s = soak.Soak(soak.clients("everything"), float(os.environ.get("SOAK_SECONDS", 20)), os.environ.get("SOAK_SEED", "1"), ["--threads", "4"], str(tmp_path), quiet=True)
    good = s.run().report()
    assert good, "\n".join([*s.faults, *(f"{what}: {told}" for what, told in s.wrong.items())])
    assert all(s.done[role] for role, _ in s.clients), s.done
