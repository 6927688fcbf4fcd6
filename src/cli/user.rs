//! `wangge user`: accounts, as whoever may write the store.

use std::io::{IsTerminal, Read};

use clap::{Args, Subcommand};
use console::Term;

use super::record::operator;
use super::say::{Fail, note, result};
use crate::access::{Area, Grant, Password, Role, Scope};
use crate::app::identity::{AccountRequest, AccountView, Identity, SessionLimits};
use crate::store::{Mode, Standing, Store};
use crate::unit::Code;

/// Make accounts, and say who may do what
#[derive(Args)]
pub struct User {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make an account
    Add(Add),
    /// List accounts and what they may do
    List,
    /// Let an account sign in again, and forgive failed tries
    Enable(Named),
    /// Keep an account out: its sessions end, its keys open nothing
    Disable(Named),
    /// Set an account's password; its sessions end
    Password(SetPassword),
    /// Make a link by which an account's owner sets a password, once, within three days
    Link(Named),
    /// Give an account one more role
    Grant(Change),
    /// Take a role from an account
    Revoke(Change),
    /// End every session of an account
    SignOut(Named),
}

#[derive(Args)]
struct Named {
    /// The account's name
    name: String,
}

#[derive(Args)]
struct Add {
    /// The account's name: letters, digits, '.', '_', '-', '@'
    name: String,
    /// An administrator of the whole county, or of --area
    #[arg(long, conflicts_with = "role", required_unless_present = "role")]
    admin: bool,
    /// viewer, grid-worker, dispatcher, planner, approver, auditor or administrator
    #[arg(long, value_name = "ROLE")]
    role: Option<Role>,
    #[command(flatten)]
    place: Where,
    /// What people call them
    #[arg(long, value_name = "TEXT", default_value = "")]
    display_name: String,
    #[command(flatten)]
    password: PasswordArgs,
}

#[derive(Args)]
struct SetPassword {
    /// The account's name
    name: String,
    #[command(flatten)]
    password: PasswordArgs,
}

#[derive(Args)]
struct Change {
    /// The account's name
    name: String,
    /// viewer, grid-worker, dispatcher, planner, approver, auditor or administrator
    #[arg(long, value_name = "ROLE")]
    role: Role,
    #[command(flatten)]
    place: Where,
}

/// Where a role holds, and of what.
#[derive(Args)]
pub struct Where {
    /// Where: the code of a unit, for it and all below it; everywhere, where none is given
    #[arg(long, value_name = "CODE")]
    area: Option<Code>,
    /// Of which things only, as a department has them; may be given several times
    #[arg(long = "category", value_name = "CATEGORY")]
    categories: Vec<String>,
}

impl Where {
    /// A role there.
    pub fn grant(self, role: Role) -> Grant {
        Grant { role, area: Area(self.area), categories: self.categories.into_iter().collect() }
    }
}

/// Where a password comes from.
#[derive(Args)]
struct PasswordArgs {
    /// Read the password from standard input, its first line
    #[arg(long)]
    password_stdin: bool,
}

/// The use cases over a store that is there, and the caller: whoever runs the command.
pub async fn open(store: &str) -> Result<(Identity, Store, Scope), Fail> {
    let store = Store::open(store, Mode::Existing).await?;
    Ok((Identity::new(store.clone(), SessionLimits::default()), store, operator()))
}

impl User {
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
            Self::Add(add) => add.run(identity, scope).await?,
            Self::List => identity.accounts(scope).await?.iter().for_each(|account| result(shown(account))),
            Self::Enable(Named { name }) => {
                identity.set_standing(scope, &name, Standing::Enabled).await?;
                result(format_args!("{name} may sign in"));
            }
            Self::Disable(Named { name }) => {
                identity.set_standing(scope, &name, Standing::Disabled).await?;
                result(format_args!("{name} may not sign in; their sessions and keys open nothing"));
            }
            Self::Password(SetPassword { name, password }) => {
                let (password, drawn) = password.read()?;
                identity.set_password(scope, &name, password).await?;
                result(format_args!("{name} has another password; their sessions have ended"));
                say_drawn(drawn);
            }
            Self::Link(Named { name }) => {
                let link = identity.invite(scope, &name).await?;
                result("The link, shown this once; put the server's address before it:");
                result(format_args!("/sign-in#link={}", *link.reveal()));
            }
            Self::Grant(change) => change.run(identity, scope, true).await?,
            Self::Revoke(change) => change.run(identity, scope, false).await?,
            Self::SignOut(Named { name }) => {
                identity.end_sessions_of(scope, &name).await?;
                result(format_args!("every session of {name} has ended"));
            }
        }
        Ok(())
    }
}

impl Add {
    async fn run(self, identity: &Identity, scope: &Scope) -> Result<(), Fail> {
        let Self { name, admin: _, role, place, display_name, password } = self;
        // Before a password is asked for in vain.
        if identity.accounts(scope).await?.iter().any(|a| a.name.to_lowercase() == name.to_lowercase()) {
            return Err(Fail(format!("there is an account {name:?} already")));
        }
        let grants = vec![place.grant(role.unwrap_or(Role::Administrator))];
        let (password, drawn) = password.read()?;
        let request = AccountRequest { name, display_name, password: Some(password), grants };
        result(shown(&identity.add_account(scope, request).await?));
        say_drawn(drawn);
        Ok(())
    }
}

impl Change {
    async fn run(self, identity: &Identity, scope: &Scope, give: bool) -> Result<(), Fail> {
        let Self { name, role, place } = self;
        let grant = place.grant(role);
        let same = |a: &&AccountView| a.name.to_lowercase() == name.to_lowercase();
        let accounts = identity.accounts(scope).await?;
        let account =
            accounts.iter().find(same).ok_or_else(|| Fail(format!("there is no account {name:?}")))?;
        let mut grants = account.grants.clone();
        match (give, grants.iter().position(|g| *g == grant)) {
            (true, None) => grants.push(grant),
            (true, Some(_)) => return Err(Fail(format!("{name} is {grant} already"))),
            (false, Some(at)) => drop(grants.remove(at)),
            (false, None) => return Err(Fail(format!("{name} is not {grant}"))),
        }
        identity.set_grants(scope, &name, grants.clone()).await?;
        result(shown(&AccountView { grants, ..account.clone() }));
        Ok(())
    }
}

/// An account on a line.
fn shown(account: &AccountView) -> String {
    let grants: Vec<String> = account.grants.iter().map(Grant::to_string).collect();
    let grants = if grants.is_empty() { "no role".to_owned() } else { grants.join("; ") };
    let called = match &*account.display_name {
        "" => String::new(),
        name => format!(" ({name})"),
    };
    let standing = if account.disabled { ", disabled" } else { "" };
    let way = if account.single_sign_on { ", by single sign-on" } else { "" };
    format!("{}{called}: {grants}{way}{standing}", account.name)
}

impl PasswordArgs {
    /// The password, and its text where it was drawn by lot: that is shown once.
    fn read(&self) -> Result<(Password, Option<String>), Fail> {
        if self.password_stdin {
            return Ok((first_line()?, None));
        }
        if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
            return Ok((asked_for()?, None));
        }
        let drawn = Identity::draw_password()?;
        Ok((Password::new(drawn.clone()), Some(drawn)))
    }
}

fn first_line() -> Result<Password, Fail> {
    /// More is no password.
    const MOST: u64 = 4096;
    let mut text = zeroize::Zeroizing::new(String::new());
    let read = std::io::stdin().take(MOST).read_to_string(&mut text);
    read.map_err(Fail::to("read the password from standard input"))?;
    Ok(Password::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Asks twice on the terminal, which shows nothing of it.
fn asked_for() -> Result<Password, Fail> {
    let terminal = Term::stderr();
    let ask = |what: &str| {
        terminal
            .write_str(what)
            .and_then(|()| terminal.read_secure_line())
            .map_err(Fail::to("ask for the password"))
    };
    let (first, again) = (ask("Password: ")?, zeroize::Zeroizing::new(ask("Again: ")?));
    let same = first == *again;
    let password = Password::new(first);
    if same { Ok(password) } else { Err(Fail("expected the same password twice, found two".into())) }
}

fn say_drawn(drawn: Option<String>) {
    if let Some(password) = drawn {
        note("The password, shown this once:");
        result(password);
    }
}
