"""``make demo``: two whole calls on this machine, with a real proxy and softphone as the desk."""
