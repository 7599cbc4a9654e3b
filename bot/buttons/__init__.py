"""Buttons and menus that outlive a restart: what they act on stands in their custom_id."""
