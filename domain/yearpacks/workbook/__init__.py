"""The draft as an Excel workbook and back: one sheet per kind of row, read strictly, compared before anything changes."""
