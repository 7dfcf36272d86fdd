"""Sample files (見本ファイル) of the prefecture's own 統合宛名, read with a version before it goes live."""
