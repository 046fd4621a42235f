"""A gaining carrier that needs no network: deterministic, scriptable, stateful."""
