//! `wangge key`: keys for programs, tokens for others' pages.

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};

use super::say::{Fail, note, result};
use super::user::{Where, open};
use crate::access::{Area, Grant, KeyId, Role, Scope};
use crate::app::identity::{Identity, KeyRequest, KeyView, Owner};
use crate::store::KeyKind;

/// Make keys for programs and tokens for others' pages
#[derive(Args)]
pub struct Key {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make a key and print it, this once
    Create(Create),
    /// List keys and tokens
    List,
    /// Revoke a key or token, for ever
    Revoke {
        /// Its number, from `wangge key list`
        id: i64,
    },
}

#[derive(Args)]
struct Create {
    /// What it is called
    name: String,
    /// The account that it belongs to: it may never do more; none: a machine's key, a viewer's unless --role says more
    #[arg(long, value_name = "NAME", conflicts_with = "origin")]
    account: Option<String>,
    /// What it may do at most: a role; of an account's key all that the account may, where none is given
    #[arg(long, value_name = "ROLE")]
    role: Option<Role>,
    #[command(flatten)]
    place: Where,
    #[arg(
        help = "A token for pages of this origin, as https://example.org: the map, read only; may be given several times",
        long, value_name = "ORIGIN", conflicts_with_all = ["role", "categories"], requires = "days"
    )]
    origin: Vec<String>,
    /// After how many days it ends by itself
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: Option<u32>,
}

impl Key {
    /// Does it, or changes nothing.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        let (identity, store, scope) = open(store).await?;
        let done = self.what.run(&identity, &scope).await;
        store.close().await;
        done
    }
}

impl What {
    async fn run(self, identity: &Identity, scope: &Scope) -> Result<(), Fail> {
        match self {
            Self::Create(create) => {
                let (key, secret) = identity.create_key(scope, create.request()?).await?;
                note(format_args!("{}\nThe secret, shown this once:", shown(&key)));
                result(secret.reveal().as_str());
            }
            Self::List => identity.keys(scope).await?.iter().for_each(|key| result(shown(key))),
            Self::Revoke { id } => {
                identity.revoke_key(scope, KeyId(id)).await?;
                result(format_args!("key {id} opens nothing any more"));
            }
        }
        Ok(())
    }
}

impl Create {
    fn request(self) -> Result<KeyRequest, Fail> {
        let Self { name, account, role, place, origin: origins, days } = self;
        let end = |days: u32| Timestamp::now() + SignedDuration::from_hours(24 * i64::from(days));
        let expires = days.map(end);
        if let (false, Some(expires)) = (origins.is_empty(), expires) {
            return Ok(KeyRequest::Page { name, area: place.grant(Role::Viewer).area, origins, expires });
        }
        let grant = place.grant(role.unwrap_or(Role::Viewer));
        let (owner, grants) = match account {
            None => (Owner::Machine, vec![grant]),
            Some(account) if role.is_some() => (Owner::Account(account), vec![grant]),
            Some(_) if grant != Grant::new(Role::Viewer, Area::WHOLE) => {
                let detail =
                    "expected --role beside --area or --category: a key may be held to a role over a part";
                return Err(Fail(detail.to_owned()));
            }
            Some(account) => (Owner::Account(account), Vec::new()),
        };
        Ok(KeyRequest::Api { name, owner, grants, expires })
    }
}

/// A key on a line.
fn shown(key: &KeyView) -> String {
    let kind = match key.kind {
        KeyKind::Api => "key",
        KeyKind::Page => "token",
    };
    let owner = key.owner.as_deref().map_or_else(|| "a machine's".to_owned(), |name| format!("of {name}"));
    let grants: Vec<String> = key.grants.iter().map(Grant::to_string).collect();
    let moment =
        |what: &str, at: Option<Timestamp>| at.map(|at| format!(", {what} {at:.0}")).unwrap_or_default();
    let origins = if key.origins.is_empty() {
        String::new()
    } else {
        format!(", for pages of {}", key.origins.join(" "))
    };
    format!(
        "{kind} {} {} {:?}, {owner}: {}{origins}{}{}{}",
        key.id.0,
        key.shown,
        key.name,
        grants.join("; "),
        moment("until", key.expires),
        moment("used", key.used),
        moment("revoked", key.revoked),
    )
}
