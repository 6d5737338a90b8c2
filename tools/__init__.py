"""Programs of the source tree: the demo, the speech model's making, evaluations."""
