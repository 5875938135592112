"""Run the portal's servers as children of one command: no installation, no Docker.

Nothing in here knows Django: settings are read from the environment that this prepares.
"""
