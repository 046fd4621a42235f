"""Gaining carriers: one protocol, and its implementations."""
