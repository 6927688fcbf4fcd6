//! CSV of people: `code` (or `uid`), `role`, `name`, `phone`, `note`, `hours`, `from`, `until`, or 编码, 角色, 姓名, 电话,
//! 备注, 值班时间, 起, 止. The last four may be missing; any other column is passed over, and the notes say which.
//!
//! ```text
//! code,role,name,phone,hours,from,until
//! 320924100,town_duty,镇值班室,0515-…,24/7,,
//! 320924100,town_duty,…,…,18:00-08:00,2026-11-27,2026-11-27     one night of a roster; the next is a row of its own
//! ```
//!
//! A file with one bad row is refused whole. A refusal says where and what was expected, and repeats nothing of the
//! columns of names, numbers and notes: it may end in a log.

use std::path::Path;

use super::error::{ExchangeError, Named, quoted};
use super::table::{Row, Table};
use super::text;
use crate::unit::{Code, Duty, Hierarchy, Person, Uid};

/// The columns, in English and in Chinese.
const CODE: [&str; 2] = ["code", "编码"];
const UID: [&str; 1] = ["uid"];
const ROLE: [&str; 2] = ["role", "角色"];
const NAME: [&str; 2] = ["name", "姓名"];
const PHONE: [&str; 2] = ["phone", "电话"];
const NOTE: [&str; 2] = ["note", "备注"];
const HOURS: [&str; 2] = ["hours", "值班时间"];
const FROM: [&str; 3] = ["from", "起", "开始"];
const UNTIL: [&str; 3] = ["until", "止", "结束"];

/// What stands in a number beside digits; 转 before an extension.
const IN_PHONES: &str = "+-*#/,;() （）、，；转";

/// People of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct PeopleRead {
    /// In the order of the file.
    pub people: Vec<Person>,
    /// What was passed over, for people to read.
    pub notes: Vec<String>,
}

/// Reads people of the units of a hierarchy.
///
/// # Errors
/// [`ExchangeError::Rows`] where any row is not what it should be.
pub async fn read_people(path: &Path, hierarchy: &Hierarchy) -> Result<PeopleRead, ExchangeError> {
    let named = Named::of(path);
    if !path.extension().is_some_and(|s| s.eq_ignore_ascii_case("csv")) {
        return Err(named.content("its suffix", ".csv", path.display()));
    }
    let text = text::read(path).await?;
    let table = Table::read(&named, &text)?;
    let columns = Columns::of(&named, &table.header)?;
    let (mut people, mut faults) = (Vec::with_capacity(table.rows.len()), Vec::new());
    for row in &table.rows {
        match columns.person(row, hierarchy) {
            Ok(person) => people.push(person),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(ExchangeError::Rows { file: named.0.clone(), rows: table.rows.len(), faults });
    }
    Ok(PeopleRead { people, notes: columns.passed_over(&table.header) })
}

/// Which column is which.
struct Columns {
    unit: usize,
    /// Whether `unit` has uids rather than codes.
    by_uid: bool,
    role: usize,
    name: usize,
    phone: usize,
    note: Option<usize>,
    /// `hours`, `from`, `until`.
    duty: [Option<usize>; 3],
}

impl Columns {
    fn of(named: &Named, header: &[String]) -> Result<Self, ExchangeError> {
        let find =
            |names: &[&str]| header.iter().position(|h| names.contains(&h.to_ascii_lowercase().as_str()));
        // What stands in the first row is not repeated: without a header it is somebody's name and number.
        let due = |names: &[&str]| {
            let expected = format!("a column {}", names.join(" or "));
            find(names).ok_or_else(|| named.content("line 1", expected, "none of that name"))
        };
        let (unit, by_uid) = match (find(&CODE), find(&UID)) {
            (Some(_), Some(_)) => {
                return Err(named.content("line 1", "a column code or a column uid", "both"));
            }
            (None, Some(uid)) => (uid, true),
            _ => (due(&[CODE[0], CODE[1], UID[0]])?, false),
        };
        let (role, name, phone) = (due(&ROLE)?, due(&NAME)?, due(&PHONE)?);
        let duty = [find(&HOURS), find(&FROM), find(&UNTIL)];
        Ok(Self { unit, by_uid, role, name, phone, note: find(&NOTE), duty })
    }

    fn person(&self, row: &Row, hierarchy: &Hierarchy) -> Result<Person, String> {
        let cell = |index: usize| row.cells[index].as_str();
        let fault = |column: &str, expected: &str, found: &str| {
            Err(format!("{}: expected {expected}, found {found}", row.place(column)))
        };
        let Some(unit) = self.unit(cell(self.unit), hierarchy) else {
            let (column, expected) =
                if self.by_uid { ("uid", "the uid of a unit") } else { ("code", "the code of a unit") };
            return fault(column, expected, &quoted(cell(self.unit)));
        };
        let (role, name, phone) = (cell(self.role), cell(self.name), cell(self.phone));
        if role.is_empty() {
            return fault("role", "a role, as grid_worker or 专职网格员", "nothing");
        }
        if name.is_empty() {
            return fault("name", "a name", "nothing");
        }
        if !phone.chars().all(|c| c.is_ascii_digit() || IN_PHONES.contains(c)) {
            return fault("phone", "a number as it is dialled, or nothing", "letters or other signs in it");
        }
        let [hours, from, until] = self.duty.map(|column| column.map_or("", cell));
        let duty = Duty::of(hours, from, until).map_err(|bad| format!("{}: {bad}", row.place(bad.column)))?;
        let note = self.note.map_or("", cell);
        let [name, phone, note] = [name, phone, note].map(ToOwned::to_owned);
        Ok(Person { unit, role: Person::role_of(role), name, phone, note, duty })
    }

    fn unit(&self, cell: &str, hierarchy: &Hierarchy) -> Option<Uid> {
        let index = if self.by_uid {
            hierarchy.by_uid(Uid(cell.parse().ok()?))?
        } else {
            hierarchy.by_code(&Code::new(cell).ok()?)?
        };
        Some(hierarchy.unit(index).uid)
    }

    fn passed_over(&self, header: &[String]) -> Vec<String> {
        let kept = [Some(self.unit), Some(self.role), Some(self.name), Some(self.phone), self.note];
        let is_kept = |i: usize| kept.contains(&Some(i)) || self.duty.contains(&Some(i));
        let others = header.iter().enumerate().filter(|(i, name)| !is_kept(*i) && !name.is_empty());
        let names: Vec<&str> = others.map(|(_, name)| name.as_str()).collect();
        if names.is_empty() { vec![] } else { vec![format!("not kept: columns {}", names.join(", "))] }
    }
}
