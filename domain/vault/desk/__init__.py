"""番号入力 (number desk): a number is typed twice, checked, and sealed; and a number that was changed replaces the old one."""
