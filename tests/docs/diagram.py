"""Print the state diagram for docs/architecture.md: `python -m tests.docs.diagram`."""

from portolan.domain.states import diagram

if __name__ == "__main__":
    print(diagram())
