"""The command ``sipagent``: one file per command group."""

import os

# Before numpy is loaded: its threads would fight over cores for arrays of a few hundred
# numbers, and make a millisecond of work cost ten.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
