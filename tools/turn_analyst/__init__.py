"""How the turn analyst (``sipagent/engines/models/turn-analyst``) is trained and measured."""
