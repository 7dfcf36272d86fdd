"""A small other side for tests of transports: real servers, with an office behind them that knows every kind of request."""
