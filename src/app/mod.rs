//! The use cases; the only place where things are wired together.
