"""What the pages of a prefecture's adapter configuration need: the generated form, words, differences, files."""
