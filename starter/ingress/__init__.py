"""Messages of carriers: verified, kept, answered, and handed on to the order they are about."""
