"""What commands found out, as facts for programs and as text for people."""
