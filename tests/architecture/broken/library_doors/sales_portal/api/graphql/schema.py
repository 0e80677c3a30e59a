import strawberry
