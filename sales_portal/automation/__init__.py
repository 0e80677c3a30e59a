"""Runs what is due: reacts to facts with mails, reminders and follow-ups."""
