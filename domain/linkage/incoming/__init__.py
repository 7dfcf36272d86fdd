"""保留された照会 and 情報提供等記録: fetched from the other side, answered by clerks, kept."""
