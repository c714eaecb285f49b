"""Talk to a person: understand the question, answer it from the clauses."""
