"""A model and a catalog → sections → output: no figure is computed here."""
