//! The polygonal coverage: arcs, nodes, faces, and the exact arrangement they come from.
