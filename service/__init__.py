"""Keep it running: web, command line, storage."""
