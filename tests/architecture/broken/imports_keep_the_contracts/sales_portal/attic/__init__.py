"""On no rung."""  # breaks: sales_portal.attic stands on no rung of the ladder
