"""The side effects the workflow calls, grouped by what they touch."""
