//! Roles, what may be asked for, and the one table that says which role has what.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use Role::{Administrator, Approver, Auditor, Dispatcher, GridWorker, Planner, Viewer};

/// What somebody is, over a part of the coverage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 查看者: looks.
    Viewer,
    /// 网格员: looks, and sees who answers for units.
    GridWorker,
    /// 调度员: calls those who answer for units.
    Dispatcher,
    /// 规划员: drafts plans.
    Planner,
    /// 审批员: approves and publishes plans.
    Approver,
    /// 审计员: reads what happened; over the whole coverage only.
    Auditor,
    /// 管理员: accounts, keys and roles.
    Administrator,
}

/// What a route or a use case asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Nothing: health, the page, signing in.
    Public,
    /// To read borders, codes and names, and to locate; public unless configured otherwise.
    ReadMap,
    /// To read what is counted about units.
    ReadMeasures,
    /// To read who answers for units, and their numbers.
    ReadPeople,
    /// To take data away as a file.
    Export,
    /// To read plans and what they would do.
    ReadPlans,
    /// To draft plans and edit one's drafts.
    DraftPlans,
    /// To approve or reject plans.
    ApprovePlans,
    /// To publish approved plans.
    PublishPlans,
    /// To read and check the audit log.
    ReadAudit,
    /// To make accounts, disable them and say what they may do.
    ManageAccounts,
    /// To make tokens for others' pages.
    ManageTokens,
    /// To make API keys of one's own.
    ManageOwnKeys,
    /// To change one's own password and end one's own sessions: whoever is signed in, whatever they are.
    OwnAccount,
}

/// Which roles have a permission; [`Permission::Public`] needs none.
const TABLE: [(Permission, &[Role]); 12] = [
    (Permission::ReadMap, &Role::ALL),
    (Permission::ReadMeasures, &Role::ALL),
    (Permission::ReadPeople, &[GridWorker, Dispatcher, Administrator]),
    (Permission::Export, &[Dispatcher, Planner, Approver, Administrator]),
    (Permission::ReadPlans, &[Planner, Approver]),
    (Permission::DraftPlans, &[Planner]),
    (Permission::ApprovePlans, &[Approver]),
    (Permission::PublishPlans, &[Approver]),
    (Permission::ReadAudit, &[Auditor]),
    (Permission::ManageAccounts, &[Administrator]),
    (Permission::ManageTokens, &[Administrator]),
    (Permission::ManageOwnKeys, &Role::ALL),
];

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [Viewer, GridWorker, Dispatcher, Planner, Approver, Auditor, Administrator];

    /// What it is called in text: `viewer`, `grid-worker` … For ever.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Viewer => "viewer",
            GridWorker => "grid-worker",
            Dispatcher => "dispatcher",
            Planner => "planner",
            Approver => "approver",
            Auditor => "auditor",
            Administrator => "administrator",
        }
    }

    /// Whether the role has a permission.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        permission == Permission::Public
            || TABLE.iter().any(|(of, roles)| *of == permission && roles.contains(&self))
    }
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 14] = [
        Self::Public,
        Self::ReadMap,
        Self::ReadMeasures,
        Self::ReadPeople,
        Self::Export,
        Self::ReadPlans,
        Self::DraftPlans,
        Self::ApprovePlans,
        Self::PublishPlans,
        Self::ReadAudit,
        Self::ManageAccounts,
        Self::ManageTokens,
        Self::ManageOwnKeys,
        Self::OwnAccount,
    ];

    /// What it is called in text: `read-map` … For ever.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::ReadMap => "read-map",
            Self::ReadMeasures => "read-measures",
            Self::ReadPeople => "read-people",
            Self::Export => "export",
            Self::ReadPlans => "read-plans",
            Self::DraftPlans => "draft-plans",
            Self::ApprovePlans => "approve-plans",
            Self::PublishPlans => "publish-plans",
            Self::ReadAudit => "read-audit",
            Self::ManageAccounts => "manage-accounts",
            Self::ManageTokens => "manage-tokens",
            Self::ManageOwnKeys => "manage-own-keys",
            Self::OwnAccount => "own-account",
        }
    }

    /// What it allows, as in "expected a caller who may …".
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Public => "do this",
            Self::ReadMap => "read the map",
            Self::ReadMeasures => "read measures",
            Self::ReadPeople => "read people and their numbers",
            Self::Export => "export",
            Self::ReadPlans => "read plans",
            Self::DraftPlans => "draft plans",
            Self::ApprovePlans => "approve plans",
            Self::PublishPlans => "publish plans",
            Self::ReadAudit => "read the audit log",
            Self::ManageAccounts => "manage accounts",
            Self::ManageTokens => "manage tokens for others' pages",
            Self::ManageOwnKeys => "manage keys of their own",
            Self::OwnAccount => "change an account of their own",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Text that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected viewer, grid-worker, dispatcher, planner, approver, auditor or administrator as the role, found {0:?}"
)]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        found.ok_or_else(|| UnknownRole(text.chars().take(40).collect()))
    }
}
