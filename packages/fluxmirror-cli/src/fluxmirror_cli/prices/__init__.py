"""What models cost: the user's own prices, and those of genai-prices."""
