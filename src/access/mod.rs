//! Who may do what. Every use case takes a [`Scope`], made by `http` or `cli` for one caller; none exists without
//! it. So far there is one: the open scope, which sees everything (`serve --open`).

/// What one caller may see and do.
#[derive(Clone, Debug)]
pub struct Scope {
    everything: bool,
}

/// What a route or a use case asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Nothing: health, the page, tiles and codes, which are public by default.
    Public,
    /// To read what is counted about units.
    ReadMeasures,
    /// To read who answers for units, and their numbers.
    ReadPeople,
}

impl Scope {
    /// The scope of a server without accounts: it may do everything.
    #[must_use]
    pub const fn open() -> Self {
        Self { everything: true }
    }

    /// Whether the caller has a permission.
    #[must_use]
    pub const fn has(&self, permission: Permission) -> bool {
        self.everything || matches!(permission, Permission::Public)
    }
}
