"""``python -m sipagent``: the command without its script."""

from sipagent.cli.main import main

main()
