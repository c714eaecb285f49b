"""Find the clause that a question is about."""
