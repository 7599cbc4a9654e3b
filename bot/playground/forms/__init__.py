"""The bodies of Discord's requests as models: what the API accepts, with its limits."""
