"""What the server answers at which address."""
