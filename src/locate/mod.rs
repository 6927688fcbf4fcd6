//! Point to leaf.
