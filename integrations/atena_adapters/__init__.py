"""The link to a prefecture's 団体内統合宛名 (entity-wide addressee number) system.

An adapter is a composition: transport (how bytes travel) x dialect (how they are written) x workflow (who answers
when).  Callers use `port` (what can be asked), `registry` (how an adapter is built) and `config` (how it is described).
"""
