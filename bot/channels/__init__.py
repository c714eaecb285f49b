"""One adapter per channel; none knows another."""
