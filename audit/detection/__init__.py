"""The watch: rules that look at log-ins and accesses."""
