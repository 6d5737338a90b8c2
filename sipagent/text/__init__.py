"""Arabic and English as text: which language, folding for search, clauses for speech."""
