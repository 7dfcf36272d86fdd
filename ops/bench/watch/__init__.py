"""`make bench-watch`: how well the watch finds what it must find, on a made-up office and made-up attacks."""
