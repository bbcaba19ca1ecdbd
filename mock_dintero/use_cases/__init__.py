"""What merchants, buyers and testers do: load, apply a rule, save."""
