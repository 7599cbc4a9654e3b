"""The chat side: knows Discord; never imports torch, never writes SQL."""
