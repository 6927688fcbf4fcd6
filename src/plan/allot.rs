//! Which uids and codes new units draw. What was drawn once stays with the edit: replayed, it draws the same.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Refused;
use crate::unit::{Code, Uid};

/// What a new or renumbered unit drew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allotted {
    /// Its uid.
    pub uid: Uid,
    /// Its code.
    pub code: Code,
}

/// What there is to draw from: none of it was ever used, by a version or by a plan.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    /// The lowest uid that was never given.
    pub next_uid: u32,
    /// Every code that ever was.
    pub taken: BTreeSet<Code>,
    /// The uids of the voids that ever were: one that comes back has its own.
    pub voids: BTreeSet<Uid>,
}

/// What one edit draws: first what it drew when it was made, then from the pool.
#[derive(Debug)]
pub struct Allotment<'a> {
    given: &'a [Allotted],
    /// Uids of which what is given does not count.
    not: Option<&'a BTreeSet<Uid>>,
    pool: &'a mut Pool,
    drawn: Vec<Allotted>,
}

impl<'a> Allotment<'a> {
    /// `given` is what the edit drew before; nothing for a new one.
    pub fn new(given: &'a [Allotted], pool: &'a mut Pool) -> Self {
        Self { given, not: None, pool, drawn: Vec::new() }
    }

    /// As [`Self::new`], but units of some uids draw from the pool.
    pub(super) fn anew(given: &'a [Allotted], not: &'a BTreeSet<Uid>, pool: &'a mut Pool) -> Self {
        Self { not: Some(not), ..Self::new(given, pool) }
    }

    /// A code of `digits` digits under `parent`, and a new uid unless `uid` keeps its own.
    ///
    /// # Errors
    /// [`Refused`] where every code under the parent has been used.
    pub(super) fn draw(
        &mut self,
        parent: Option<&Code>,
        digits: u8,
        uid: Option<Uid>,
    ) -> Result<Allotted, Refused> {
        let fits = |code: &Code| {
            code.digits() == usize::from(digits) && parent.is_none_or(|parent| code.starts_with(parent))
        };
        let counts = |given: &&Allotted| self.not.is_none_or(|not| !not.contains(&given.uid));
        let given = self.given.get(self.drawn.len()).filter(counts);
        let code = match given.filter(|given| fits(&given.code)) {
            Some(given) => given.code.clone(),
            None => self.pool.under(parent, digits)?,
        };
        let uid = uid.or_else(|| given.map(|given| given.uid)).unwrap_or_else(|| self.pool.uid());
        let allotted = Allotted { uid, code };
        self.drawn.push(allotted.clone());
        Ok(allotted)
    }

    /// The code that an edit states, with the uid of the unit that is to have it or a new one: as it drew it when it was
    /// made, or one that no unit ever had.
    ///
    /// # Errors
    /// [`Refused`] for a code that another had.
    pub(super) fn state(&mut self, code: &Code, uid: Option<Uid>) -> Result<Allotted, Refused> {
        let same = |given: &&Allotted| given.code == *code && uid.is_none_or(|uid| uid == given.uid);
        let allotted = match self.given.iter().find(same) {
            Some(given) => given.clone(),
            None if self.pool.taken.insert(code.clone()) => {
                Allotted { uid: uid.unwrap_or_else(|| self.pool.uid()), code: code.clone() }
            }
            None => {
                let detail = format!("expected a code that no unit ever had, found {code}");
                return Err(Refused::new(detail).of([code.clone()]));
            }
        };
        self.drawn.push(allotted.clone());
        Ok(allotted)
    }

    /// What was drawn, in order.
    pub(super) fn into_drawn(self) -> Vec<Allotted> {
        self.drawn
    }
}

impl Pool {
    /// A new uid with a code: the one wanted, where none ever had it, or the next under the parent.
    pub(super) fn fresh(&mut self, wanted: &Code, parent: Option<&Code>) -> Option<Allotted> {
        let free = self.taken.insert(wanted.clone());
        let code = if free { wanted.clone() } else { self.code(parent, wanted.digits() as u8)? };
        Some(Allotted { uid: self.uid(), code })
    }

    /// Without what was drawn already.
    pub fn without(&mut self, drawn: &[Allotted]) {
        for Allotted { uid, code } in drawn {
            self.next_uid = self.next_uid.max(uid.0 + 1);
            self.taken.insert(code.clone());
        }
    }

    /// A code that none ever had.
    ///
    /// # Errors
    /// [`Refused`] where every code under the parent has been used.
    pub(super) fn under(&mut self, parent: Option<&Code>, digits: u8) -> Result<Code, Refused> {
        self.code(parent, digits).ok_or_else(|| {
            let under = parent.map_or_else(|| "at the top".to_owned(), |p| format!("under {p}"));
            Refused::new(format!("every code of {digits} digits {under} has been used"))
        })
    }

    pub(super) fn uid(&mut self) -> Uid {
        self.next_uid += 1;
        Uid(self.next_uid - 1)
    }

    /// The code after the last that was used under a parent; where that was the last there is, the lowest never used.
    fn code(&mut self, parent: Option<&Code>, digits: u8) -> Option<Code> {
        let prefix = parent.map_or("", Code::as_str);
        let width = usize::from(digits).checked_sub(prefix.len()).filter(|w| *w > 0)?;
        let code = |n: u64| {
            Code::new(&format!("{prefix}{n:0width$}")).ok().filter(|c| c.digits() == usize::from(digits))
        };
        let used = |c: &Code| c.digits() == usize::from(digits) && c.as_str().starts_with(prefix);
        let number = |c: &Code| c.as_str()[prefix.len()..].parse::<u64>().unwrap_or_default();
        let last = self.taken.iter().filter(|c| used(c)).map(number).max().unwrap_or_default();
        let found =
            code(last + 1).or_else(|| (1..=last).filter_map(code).find(|c| !self.taken.contains(c)))?;
        self.taken.insert(found.clone());
        Some(found)
    }
}
