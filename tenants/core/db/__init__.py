"""Django database backend: one whole connection wrapper per database login, swapped in as `connections["default"]`."""
