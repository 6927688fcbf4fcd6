//! A version made ready to serve; immutable.
