"""The desk at `/admin`: pages for the people who look after the assistant."""
