//! The seeded synthetic county.
