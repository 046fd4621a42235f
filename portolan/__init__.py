"""Portolan: a durable orchestrator for moving telephone numbers between carriers."""

__version__ = "0.1.0"
