import strawberry.flask.views  # breaks: api/graphql
