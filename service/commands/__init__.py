"""What `troly` does, one file per command."""
