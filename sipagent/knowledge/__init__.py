"""A tenant's knowledge: its documents, an index over them, and answers with their source."""
