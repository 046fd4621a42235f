"""What Portolan itself does in each phase; what people and carriers do arrives as messages."""
