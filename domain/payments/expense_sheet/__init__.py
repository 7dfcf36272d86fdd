"""The expenses sheet (使用経費): one workbook per school and term, one row per receipt. Pure, as the roster."""
