"""収入額・需要額調書: from intake to the determination of the 支弁区分 by two people."""
