"""The first run: questions and their answers, what is done with them, and how it is undone."""
