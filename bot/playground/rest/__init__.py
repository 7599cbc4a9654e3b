"""Discord's REST API, version 10: one file a resource."""
