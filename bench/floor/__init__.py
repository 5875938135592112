"""The floor: an order taken in by Django REST framework and two inserts, and nothing else."""
