"""The roster (名簿): one workbook per school with its households, their members and its pupils.

Record items: 特定個人情報保護評価書 (奈良県, 令和6年3月) 別添1. Pure: no Django, no database, no clock.
"""
