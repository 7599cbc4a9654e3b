"""The page's own API below `/play/`: what a person does in the channel, and what they see of it."""
