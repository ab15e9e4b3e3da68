"""From an edition to its media. Walks of the tree: what is printed was decided before, and nothing is computed."""
