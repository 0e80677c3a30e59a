"""Puts the rungs together: the app factory, configuration, navigation, commands, the worker, demo data and migrations."""
