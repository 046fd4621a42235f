"""Durable orchestration: the port order's workflow and its phases."""
