//! CSV of units: `code`, `name`, and whatever else, which becomes attributes (text, as CSV has no types).
//!
//! Columns `level` and `parent` are passed over: both follow from the code.

use std::path::Path;

use super::error::{ExchangeError, Named, quoted};
use super::raw::UnitFacts;
use super::text;
use crate::unit::{Attribute, Attributes, Code};

/// Columns that are no attributes.
const KNOWN: [&str; 4] = ["code", "name", "level", "parent"];

/// Reads a CSV of units.
///
/// # Errors
/// [`ExchangeError`] that names line and column.
pub async fn read_units(path: &Path) -> Result<Vec<UnitFacts>, ExchangeError> {
    units(&Named::of(path), &text::read(path).await?)
}

pub fn units(named: &Named, text: &str) -> Result<Vec<UnitFacts>, ExchangeError> {
    let table = Table::read(named, text)?;
    let code_column = table.column("code")?;
    let name_column = table.find("name");
    let mut units = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let code = Code::new(&row.cells[code_column])
            .map_err(|e| named.content(row.place("code"), "a code of 1 to 18 digits", quoted(&e.0)))?;
        let others =
            table.header.iter().zip(&row.cells).filter(|(key, value)| {
                !KNOWN.contains(&key.as_str()) && !key.is_empty() && !value.is_empty()
            });
        let attributes: Attributes = others.map(|(k, v)| (k.clone(), Attribute::Text(v.clone()))).collect();
        let name = name_column.map(|c| row.cells[c].clone()).unwrap_or_default();
        units.push(UnitFacts { code, name, attributes });
    }
    units.sort_by(|a, b| a.code.cmp(&b.code));
    match units.windows(2).find(|w| w[0].code == w[1].code) {
        Some(w) => Err(named.content("column code", "each code once", format!("{} twice", w[0].code))),
        None => Ok(units),
    }
}

/// A CSV with a header, cells trimmed.
pub struct Table<'a> {
    named: &'a Named,
    pub header: Vec<String>,
    pub rows: Vec<Row>,
}

/// A row and the line it begins on.
pub struct Row {
    pub line: u64,
    pub cells: Vec<String>,
}

impl Row {
    /// A cell's place, for messages.
    pub fn place(&self, column: &str) -> String {
        format!("line {}, column {column}", self.line)
    }
}

impl<'a> Table<'a> {
    pub fn read(named: &'a Named, text: &str) -> Result<Self, ExchangeError> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let bad = |e: csv::Error| {
            let line = e.position().map_or(0, csv::Position::line);
            named.content(format!("line {line}"), "a row of CSV", e)
        };
        let header = reader.headers().map_err(bad)?.iter().map(ToOwned::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(bad)?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push(Row { line, cells: record.iter().map(ToOwned::to_owned).collect() });
        }
        Ok(Self { named, header, rows })
    }

    pub fn find(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h == name)
    }

    pub fn column(&self, name: &str) -> Result<usize, ExchangeError> {
        let found = || format!("columns {}", self.header.join(", "));
        self.find(name).ok_or_else(|| self.named.content("line 1", format!("a column {name:?}"), found()))
    }
}
