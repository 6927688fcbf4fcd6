//! Files that lie with a plan: the document it rests on, a sketch, the minutes of a meeting.

use super::{OnRevision, PlanView, author, require};
use crate::access::audit::Outcome;
use crate::access::{Permission, Scope};
use crate::app::identity::Act as Record;
use crate::app::{App, Error, excerpt};
use crate::plan::Status;
use crate::store::{Attachment, NewAttachment, Plan, Written, sha256};

/// The most files of a plan.
const MOST: usize = 20;
/// The most characters of a file's name.
const NAME: usize = 120;

/// A file that somebody sends.
#[derive(Debug)]
pub struct Sent {
    /// What it is called.
    pub name: String,
    /// What it is, as they say.
    pub media_type: String,
    /// Its bytes.
    pub body: Vec<u8>,
}

impl App {
    /// Adds a file to a plan, in the place of the one of that name.
    ///
    /// # Errors
    /// [`Error::Bad`] for a name that cannot be; [`Error::Forbidden`] for a plan that touches units in which the caller
    /// drafts none; [`Error::Conflict`] where the plan is approved, or has as many as there may be; [`Error::Stale`].
    pub async fn attach(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        sent: Sent,
    ) -> Result<PlanView, Error> {
        check_name(&sent.name)?;
        let view = self.with_files(scope, id, revision).await?;
        let before = view.attachments.iter().find(|file| file.name == sent.name);
        if view.attachments.len() - usize::from(before.is_some()) >= MOST {
            return Err(Error::Conflict(format!("a plan has at most {MOST} files: take one away first")));
        }
        let Sent { name, media_type, body } = sent;
        let new = NewAttachment { plan: id, name, media_type, author: author(scope), body };
        let added = self.contact.note(self.store.add_attachment(new).await)?;
        let mut plan = view.plan.clone();
        plan.attachments.retain(|of| before.is_none_or(|before| before.id != of.id));
        plan.attachments.push(added.clone());
        reopened(&mut plan);
        // What the plan does not come to name goes.
        match self.contact.note(self.store.put_plan(plan, None).await)? {
            Written::Done(_) => self.forget_file(before).await?,
            stale => {
                self.contact.note(self.store.remove_attachment(added.id).await)?;
                return self.written(stale, id).await;
            }
        }
        self.file_changed(scope, "plan.attach", id, &added.sha256).await
    }

    /// Takes a file away from a plan.
    ///
    /// # Errors
    /// [`Error::Missing`]; as [`Self::attach`].
    pub async fn detach(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        name: &str,
    ) -> Result<PlanView, Error> {
        let view = self.with_files(scope, id, revision).await?;
        let file = found(&view, name)?;
        let mut plan = view.plan.clone();
        plan.attachments.retain(|of| of.id != file.id);
        reopened(&mut plan);
        match self.contact.note(self.store.put_plan(plan, None).await)? {
            Written::Done(_) => self.forget_file(Some(file)).await?,
            stale => return self.written(stale, id).await,
        }
        self.file_changed(scope, "plan.detach", id, &file.sha256).await
    }

    /// A file of a plan, with its bytes, for whoever may see the plan.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Internal`] where it is not what was added; as [`Self::plan`].
    pub async fn attachment(
        &self,
        scope: &Scope,
        id: u64,
        name: &str,
    ) -> Result<(Attachment, Vec<u8>), Error> {
        let view = self.plan(scope, id).await?;
        let file = found(&view, name)?;
        let body = self.contact.note(self.store.attachment(file.id).await)?;
        let body = body.ok_or_else(|| no_file(id, name))?;
        let listed = view.plan.attachments.iter().find(|of| of.id == file.id);
        if listed.is_none_or(|of| of.sha256 != sha256(&body)) {
            return Err(Error::Internal(format!("a file of plan {id} was changed from outside")));
        }
        Ok((file.clone(), body))
    }

    /// A plan whose files the caller may change.
    async fn with_files(&self, scope: &Scope, id: u64, revision: OnRevision) -> Result<PlanView, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        if !matches!(view.plan.status, Status::Draft | Status::Submitted | Status::Rejected) {
            let detail = format!("the files of a plan that is {} stay as they are", view.plan.status);
            return Err(Error::Conflict(detail));
        }
        self.may_change(scope, &view).await?;
        Ok(view)
    }

    /// The files of a plan, in the order in which they were added.
    pub(super) async fn files(&self, plan: &Plan) -> Result<Vec<Attachment>, Error> {
        if plan.attachments.is_empty() {
            return Ok(Vec::new());
        }
        let mut files = self.contact.note(self.store.attachments(plan.id).await)?;
        files.retain(|file| plan.attachments.iter().any(|of| of.id == file.id));
        Ok(files)
    }

    async fn forget_file(&self, file: Option<&Attachment>) -> Result<(), Error> {
        match file {
            Some(file) => self.contact.note(self.store.remove_attachment(file.id).await),
            None => Ok(()),
        }
    }

    async fn file_changed(
        &self,
        scope: &Scope,
        action: &'static str,
        id: u64,
        sha256: &str,
    ) -> Result<PlanView, Error> {
        let act = Record::new(action, format!("plan:{id}")).after(serde_json::json!({ "sha256": sha256 }));
        self.identity.record(scope, act, Outcome::Done).await?;
        self.known_plan(id).await
    }
}

fn found<'a>(view: &'a PlanView, name: &str) -> Result<&'a Attachment, Error> {
    view.attachments.iter().find(|file| file.name == name).ok_or_else(|| no_file(view.plan.id, name))
}

fn no_file(id: u64, name: &str) -> Error {
    Error::Missing(format!("plan {id} has no file {:?}", excerpt(name)))
}

/// A name that is one on any machine that it is taken to.
fn check_name(name: &str) -> Result<(), Error> {
    let fits = (1..=NAME).contains(&name.chars().count())
        && !name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\'))
        && !matches!(name, "." | "..")
        && name.trim() == name;
    if fits {
        return Ok(());
    }
    let detail = format!("expected the name of a file, 1 to {NAME} characters, found {:?}", excerpt(name));
    Err(Error::Bad { field: "name", detail })
}

/// What was decided of a plan was decided with other files.
fn reopened(plan: &mut Plan) {
    if plan.status == Status::Submitted {
        plan.reopen();
    }
}
