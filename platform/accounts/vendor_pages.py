"""The pages a vendor's window may name, in the order in which they are offered. What is not here is never shown to a vendor.

Only pages that are read: no forms, no acts, no files, none that holds what a form would ask a fresh one-time password for (what a
roster would change), and none that promises not to be shown to the vendor (見本ファイルの試験).
"""

from __future__ import annotations

from typing import Final

PAGES: Final = (
    "households:list",
    "households:detail",
    "households:imports",
    "unregistered",
    "linkage:overview",
    "linkage:batches",
    "linkage:reconciliation",
    "linkage:people",
    "linkage:person",
    "linkage:targets",
    "linkage:target_list",
    "linkage:items",
    "linkage:copies",
    "linkage:copy_list",
    "linkage:copy_line",
    "linkage:provision_rules",
    "linkage:provision_rule",
    "linkage:incoming",
    "linkage:held_inquiry",
    "linkage:records",
    "statements:list",
    "statements:detail",
    "payments:rounds",
    "payments:round",
    "payments:pupils",
    "payments:payment",
    "payments:expenses",
    "payments:imports",
    "payments:import",
    "yearpacks:overview",
    "yearpacks:coverage",
    "yearpacks:revision",
    "yearpacks:revision_coverage",
    "yearpacks:rows",
    "jobs",
    "job",
)
