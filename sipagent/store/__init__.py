"""Where the record of calls is kept."""
