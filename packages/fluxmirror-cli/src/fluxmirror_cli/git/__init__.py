"""The user's git: asked what was committed where agents worked."""
