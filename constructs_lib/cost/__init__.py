"""What a pipeline costs in a month, from its plan and the catalogue's price list."""

from constructs_lib.cost.price import Line, Price, price

__all__ = ["Line", "Price", "price"]
