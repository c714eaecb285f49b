"""Bytes to text, text to clauses, clauses back to text."""
