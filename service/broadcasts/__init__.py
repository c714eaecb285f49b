"""What the office says to many people at once: looked at beforehand, sent, stopped."""
