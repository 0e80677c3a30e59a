HEADER = "HX-Request"
