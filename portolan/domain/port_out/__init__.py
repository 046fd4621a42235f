"""Port-out: another carrier asks us to release numbers. Pure rules, as for a port order of ours."""
