"""Amazon Connect: AWS Support moves the numbers in a case, and Connect itself is asked and configured."""

from portolan.carriers.amazon_connect.carrier import AmazonConnect

__all__ = ["AmazonConnect"]
