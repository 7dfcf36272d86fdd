"""`make security`: scanners in environments of their own, our own rules, and a crawl of two prefectures with a log-in."""
