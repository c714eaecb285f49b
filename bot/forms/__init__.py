"""Forms as data, and the one engine that goes through them."""
