"""影響試算, 支給の再計算, 再計算照合: what another year pack would change; whether stored receipts still come out the same."""
