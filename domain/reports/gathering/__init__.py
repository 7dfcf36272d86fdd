"""From records to the data of each form: a fixed number of queries for any number of documents."""
