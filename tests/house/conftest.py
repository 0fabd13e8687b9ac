"""What several of the house's rules are asked of: a forum in which there is one of everything."""

from tests.house.test_hidden import world

__all__ = ["world"]
