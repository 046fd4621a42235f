"""Carriers that people move numbers with: the book of cases, port-backs by hand, and the desk reached by mail."""

from portolan.carriers.desk.book import Case, CaseKind, DeskBook, Entry, Filed, Sending
from portolan.carriers.desk.email import EmailDesk
from portolan.carriers.desk.returns import DeskReturns

__all__ = ["Case", "CaseKind", "DeskBook", "DeskReturns", "EmailDesk", "Entry", "Filed", "Sending"]
