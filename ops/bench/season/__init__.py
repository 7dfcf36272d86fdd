"""Whole seasons of 統合宛名 against the independent simulator: every reference link at full size, and a country of prefectures at once."""
