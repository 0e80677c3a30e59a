"""Puts the rungs together: factory, configuration, navigation, commands, worker, demo data, migrations."""
