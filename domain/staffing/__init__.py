"""人事異動: the yearly transfer of staff by workbook."""
