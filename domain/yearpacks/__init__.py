"""年度定義の改訂: a board's own revisions of a year pack, approved by two people, and which of them is in force."""
