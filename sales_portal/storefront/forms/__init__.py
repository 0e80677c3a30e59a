"""What customers type: the forms of the public pages."""
