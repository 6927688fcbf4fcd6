//! Identity, roles, scopes.
