"""帳票と報告: PDF and Excel forms, 状況報告, 実績報告."""
