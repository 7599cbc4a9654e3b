"""The memory: knows SQLite and files; knows neither Discord nor tensors."""
