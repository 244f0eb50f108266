"""OAuth 2.0 of Exact (chapter 1): consent, codes, tokens and their rotation."""
