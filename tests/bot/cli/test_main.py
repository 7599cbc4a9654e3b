import os
import subprocess
import sys

SCRIPT = """
import os, sys
import bot.cli
assert "torch" not in sys.modules, "OpenMP has read its settings already"
bot.cli.app = lambda: print(os.environ["OMP_WAIT_POLICY"])
bot.cli.main()
"""


def policy(**environment):
    known = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    return subprocess.check_output([sys.executable, "-c", SCRIPT], env=known | environment, text=True).strip()


def test_waiting_threads_sleep_unless_the_operator_wants_otherwise():
    assert policy() == "PASSIVE"
    assert policy(OMP_WAIT_POLICY="ACTIVE") == "ACTIVE"
