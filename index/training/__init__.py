"""How the shipped encoder was made; run again with `python -m index.training.train`."""
