"""Where sipagent meets a company's own systems."""
