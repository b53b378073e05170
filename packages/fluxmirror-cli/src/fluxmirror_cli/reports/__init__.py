"""What the commands that report have in common: what is asked, what is counted, where it goes."""
