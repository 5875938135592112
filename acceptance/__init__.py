"""Real files of other people through the whole house: `bin/acceptance`. Never in the project."""
