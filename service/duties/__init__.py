"""From what a paper asks to what a unit owes on which day, and to the reminders of it."""
