"""Messages on their way: each event once in, each message once out."""
