import json


def create_link(session):
    from sales_portal.orders import service  # breaks: the import inside create_link()

    if session:
        import csv  # breaks: the import inside create_link()
    return json, csv, service
