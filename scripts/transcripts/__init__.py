"""Made-up session files of the six agents, and the truth about them; for make_transcripts.py."""
