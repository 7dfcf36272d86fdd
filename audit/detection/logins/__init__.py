"""How unusual a log-in is: its hour, its terminal, and both together; learnt each night, decided in the log-in itself."""
