//! Passwords changed by their owner, set by an administrator, and set by a link that works once.

use std::time::Duration;

use jiff::Timestamp;

use super::change::{account_target, managed};
use super::sign_in::{SignedIn, counted, successor};
use super::{Act, Identity, drawn, drawn_secret};
use crate::access::audit::Outcome;
use crate::access::lockout::Counted;
use crate::access::{AccountId, Password, PasswordHash, Permission, Scope, Secret, SecretKind, Via, Who};
use crate::app::Error;
use crate::store::{Account, Edit};

/// How long a link holds that sets a password.
const LINK_LIFE: Duration = Duration::from_hours(72);

/// What a drawn password is made of: no two of these are taken for each other.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

impl Identity {
    /// A password drawn by lot, of 100 bits, that can be read out and typed: `k3mq-…`, five groups of four.
    ///
    /// # Errors
    /// [`Error::Internal`] where the system draws no lots.
    pub fn draw_password() -> Result<String, Error> {
        let bytes: [u8; 20] = drawn()?;
        let letter = |byte: &u8| char::from(LETTERS[usize::from(byte & 31)]);
        let groups: Vec<String> = bytes.chunks(4).map(|group| group.iter().map(letter).collect()).collect();
        Ok(groups.join("-"))
    }

    /// Changes the caller's own password. Every session of theirs ends; the answer is a new one for this caller, of the
    /// same length.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where `old` is not the password; [`Error::Bad`] where `new` will not do; [`Error::Limited`]
    /// after too many tries; [`Error::Unknown`] for callers without a session.
    pub async fn change_password(
        &self,
        scope: &Scope,
        session: &Secret,
        old: Password,
        new: Password,
    ) -> Result<SignedIn, Error> {
        let (id, name) = own_session(scope, session)?;
        let target = account_target(name);
        // What will not do costs no try.
        self.check(&new, &[name]).await?;
        let counted = counted(scope, name);
        let (place, _) = self.take_place(scope, counted.clone(), "account.password", &target).await?;
        let unknown = || Error::Unknown("expected a session that holds, found none".into());
        let (found, account) = self.store.session(session.digest()).await?.ok_or_else(unknown)?;
        if account.id != id || !self.is(old, account.password.clone()).await? {
            self.record(scope, Act::new("account.password", target), Outcome::Refused).await?;
            return Err(Error::Forbidden("this is not your password".into()));
        }
        let hash = self.checked(new, &[&account.name, &account.display_name]).await?;
        let (next, secret) = successor(&found)?;
        let edits = vec![
            Edit::SetPassword(id, Some(hash)),
            Edit::EndSessions(id, None),
            Edit::AddSession(next.clone()),
        ];
        self.edit(scope, edits, Act::new("account.password", target)).await?;
        self.store.give_back(counted, place).await?;
        Ok(SignedIn { session: secret, account: (&account).into(), expires: next.expires })
    }

    /// Sets somebody's password. Every session of theirs ends, and failed tries are forgiven.
    ///
    /// # Errors
    /// [`Error::Bad`] for a password that will not do; [`Error::Missing`] where there is no such account within what the
    /// caller administers; [`Error::Conflict`] for one of single sign-on.
    pub async fn set_password(&self, scope: &Scope, name: &str, password: Password) -> Result<(), Error> {
        let asked = Act::new("account.password", account_target(name));
        self.require(scope, Permission::ManageAccounts, asked.clone()).await?;
        let hash = self.checked(password, &[name]).await?;
        self.change(scope, asked.clone(), |directory| {
            let account = managed(directory, scope, name)?;
            may_have_password(account)?;
            Ok((with_password(account, &hash), asked.clone()))
        })
        .await
    }

    /// A link's secret with which somebody sets their password, once, within three days. One made before holds no more.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is no such account within what the caller administers; [`Error::Conflict`] for one of
    /// single sign-on.
    pub async fn invite(&self, scope: &Scope, name: &str) -> Result<Secret, Error> {
        let secret = drawn_secret(SecretKind::Link)?;
        let expires = Timestamp::now() + LINK_LIFE;
        let asked = Act::new("account.invite", account_target(name));
        self.change_as(scope, Permission::ManageAccounts, asked.clone(), |directory| {
            let account = managed(directory, scope, name)?;
            may_have_password(account)?;
            Ok((vec![Edit::SetLink(account.id, secret.digest(), expires)], asked.clone()))
        })
        .await?;
        Ok(secret)
    }

    /// Sets the password of the account that a link was made for. Its name, to sign in with.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a link that does not hold; [`Error::Bad`] for a password that will not do: then the link
    /// goes on holding.
    pub async fn redeem(&self, scope: &Scope, link: &Secret, password: Password) -> Result<String, Error> {
        let unknown = || Error::Unknown("this link does not hold any more: ask for another".into());
        let account = self.store.account_linked(link.digest(), Timestamp::now()).await?;
        let account = account.filter(|a| !a.disabled).ok_or_else(unknown)?;
        let hash = self.checked(password, &[&account.name, &account.display_name]).await?;
        // Of two who use it at once one is first, and the directory has moved.
        let revision = self.store.directory().await?.revision;
        if self.store.account_linked(link.digest(), Timestamp::now()).await?.is_none() {
            return Err(unknown());
        }
        let event = Act::new("account.redeem", account_target(&account.name)).event(scope, Outcome::Done);
        let edits = with_password(&account, &hash);
        let done = self.store.edit_directory(edits, event, Some(revision)).await;
        self.known.forget();
        match done? {
            Some(_) => Ok(account.name),
            None => Err(Error::Busy("others are changing accounts at the same time; try again".into())),
        }
    }

    /// A password's hash, if it will do; `own` are words that a guesser knows of its owner.
    pub(super) async fn checked(&self, password: Password, own: &[&str]) -> Result<PasswordHash, Error> {
        self.check(&password, own).await?;
        self.hashed(password).await
    }

    async fn check(&self, password: &Password, own: &[&str]) -> Result<(), Error> {
        let county = self.county_words().await?;
        let own: Vec<&str> = own.iter().copied().chain(county.iter().map(String::as_str)).collect();
        password.check(&own).map_err(|e| Error::Bad { field: "password", detail: e.to_string() })
    }
}

/// Whom a provider vouches for would come by a password after it did so no more.
fn may_have_password(account: &Account) -> Result<(), Error> {
    match &account.subject {
        None => Ok(()),
        Some(_) => Err(Error::Conflict(format!(
            "expected an account of this server's own, found that {} comes by single sign-on and has no password",
            account.name
        ))),
    }
}

fn with_password(account: &Account, hash: &PasswordHash) -> Vec<Edit> {
    vec![
        Edit::SetPassword(account.id, Some(hash.clone())),
        Edit::EndSessions(account.id, None),
        forgiven(account),
    ]
}

/// Failed tries at an account's name count no more.
pub(super) fn forgiven(account: &Account) -> Edit {
    Edit::Forgive(Counted::name(&account.name).key)
}

/// The account that calls by that very session.
pub(super) fn own_session<'s>(scope: &'s Scope, session: &Secret) -> Result<(AccountId, &'s str), Error> {
    match (scope.who(), scope.via()) {
        (Who::Account(id, name), Via::Session(public)) if **public == session.digest().id() => {
            Ok((*id, name))
        }
        _ => Err(Error::Unknown("expected somebody who is signed in".into())),
    }
}
