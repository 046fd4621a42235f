"""Telling people: channels and templates."""
