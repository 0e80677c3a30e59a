"""Each rule of the house as a function: it takes the root of a source tree and gives its findings."""
