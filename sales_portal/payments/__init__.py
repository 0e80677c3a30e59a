"""Starting, capturing, voiding and refunding money through a gateway."""
