"""Letters of authorization as paper: the PDF, and the spreadsheet that goes with a long list of numbers."""

from portolan.documents.letters.render import Letter, LetterUnprintable, render

__all__ = ["Letter", "LetterUnprintable", "render"]
