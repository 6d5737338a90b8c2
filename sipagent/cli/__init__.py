"""The command ``sipagent``: one file per command group."""
