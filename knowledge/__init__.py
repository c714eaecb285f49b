"""What the documents say: pure values and functions, no network, database or model."""
