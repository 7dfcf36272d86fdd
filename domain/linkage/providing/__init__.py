"""副本: what was paid, told to 中間サーバー so that others may ask for it, and the lines by which it is added, changed, deleted."""
