"""The search for a model: a pure runner that decides, a driver that carries out, a predictor that is the result."""
