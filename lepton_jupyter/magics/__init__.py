"""What a person types: parse a line, call one function of ``notebook``, return."""
