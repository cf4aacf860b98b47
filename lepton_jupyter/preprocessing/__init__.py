"""Recipes: from an understood table to the numeric views that learners are fitted on."""
