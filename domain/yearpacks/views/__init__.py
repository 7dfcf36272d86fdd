"""Pages of the 年度定義: coverage for everybody at work, revisions for the board."""
