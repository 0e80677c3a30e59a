"""The integrators' door: REST, GraphQL and the formats of other systems."""
