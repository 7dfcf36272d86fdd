"""The hour model (時間帯モデル): when a person usually logs in, and how unusual a moment is. No Django, no clock, no database.

`docs/hours.md` tells the arithmetic in prose. Every duration is in seconds since 1970 unless a name says days.
"""
