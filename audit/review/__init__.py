"""The loop that ends with a human answer: alerts, their states, the pages of the monitor."""
