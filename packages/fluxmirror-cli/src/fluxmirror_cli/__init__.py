"""The `fluxmirror` command."""
