"""One module per question: a frozen model of numbers and names, and the pure function for it."""
