//! The time of somebody's duty as rows hold it: three texts.

use crate::unit::Duty;

/// The duty of a row.
pub fn duty([hours, from, until]: [&str; 3]) -> Result<Duty, sqlx::Error> {
    Duty::of(hours, from, until)
        .map_err(|bad| sqlx::Error::ColumnDecode { index: bad.column.to_owned(), source: Box::new(bad) })
}
