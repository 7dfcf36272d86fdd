"""Reading an `.xlsx` that people made, safely and with errors a clerk can act on.

Shared by the roster (名簿) and the expenses sheet (使用経費). Pure: no Django, no database, no clock.
"""
