"""The library at work: editions of it, papers on their way in, jobs in the background."""
