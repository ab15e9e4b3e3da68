"""Programs for the people who keep the project; the package does not need them."""
