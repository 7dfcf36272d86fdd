"""支給額の計算: facts of a pupil, their case, the rules result as rows, and the run over a whole round."""
