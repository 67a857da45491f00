"""Programs for operators that measure and tune, apart from the product: no service imports them."""
