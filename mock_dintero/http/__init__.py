"""What the HTTP surfaces share: reading requests, tokens, answers, the envelope around every response."""
