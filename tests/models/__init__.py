"""Engines that need PyTorch, by their real code with random weights: ``make test-models``.

They have an environment of their own (deploy/xtts), so the rest of the tests needs no PyTorch.
"""
