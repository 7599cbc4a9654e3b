"""The picture side: knows tensors; never imports Discord, never opens the database."""
