"""Learned parts of a garment: sleeves, legs, collar leaves and hood, seen in the picture rather than the outline."""
