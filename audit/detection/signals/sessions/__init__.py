"""Log-ins and how long they last."""
