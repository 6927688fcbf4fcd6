//! CSV in, the same rows out with a column for each level (the code), `on_border` and `error`.
//!
//! Rows are kept byte for byte; only what is appended is new. Columns that already have the names of those appended, as
//! in an answer that is sent again, make room for them.
//!
//! ```text
//! lon,lat,note           lon,lat,note,county,town,village,grid,on_border,error
//! 120.3,33.7,"a, b"  →   120.3,33.7,"a, b",320924,320924100,320924100001,320924100001003,false,
//! here,33.7              here,33.7,,,,,,,"expected 3 columns, found 2"
//! ```
//!
//! A row that cannot end, because it is too long or its quote is never closed, is answered at its first line break,
//! and the next line is a row again.

use super::split::{Step, field, field_ends, step};
use super::{Fault, Oracle, ROW_LIMIT, Rows};
use crate::app::excerpt;
use crate::crs::{LonLat, Point};

/// Names that the columns go by, in lower case.
const LON: [&str; 6] = ["lon", "lng", "long", "longitude", "x", "经度"];
const LAT: [&str; 4] = ["lat", "latitude", "y", "纬度"];
const BOM: &str = "\u{feff}";

impl Head {
    /// Writes the fields of a row that the answer's columns do not replace; how many.
    fn keep(&self, row: &[u8], ends: &[usize], out: &mut Vec<u8>) -> usize {
        let (mut start, mut kept) = (0, 0);
        for (index, &end) in ends.iter().enumerate() {
            if !self.replaced.contains(&index) {
                if kept > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(&row[start..end]);
                kept += 1;
            }
            start = end + 1;
        }
        kept
    }
}

/// The stream; see the module.
pub struct CsvRows {
    oracle: Oracle,
    levels: usize,
    pending: Vec<u8>,
    skipping: bool,
    head: Option<Head>,
}

/// What the header says.
struct Head {
    lon: usize,
    lat: usize,
    columns: usize,
    /// Columns that the answer's take the place of, in order.
    replaced: Vec<usize>,
    newline: &'static str,
}

impl CsvRows {
    /// A stream of rows.
    #[must_use]
    pub fn new(oracle: Oracle) -> Self {
        let levels = oracle.snapshot.hierarchy().levels().count();
        Self { oracle, levels, pending: Vec::new(), skipping: false, head: None }
    }

    fn go_on(&mut self, ended: bool, out: &mut Vec<u8>) -> Result<(), Fault> {
        let pending = std::mem::take(&mut self.pending);
        let mut rest = &pending[..];
        if self.skipping {
            let Some(end) = rest.iter().position(|&b| b == b'\n') else { return Ok(()) };
            rest = &rest[end + 1..];
            self.skipping = false;
        }
        loop {
            match step(rest, ended, ROW_LIMIT) {
                Step::Row { row, tail } => {
                    self.row(row, out)?;
                    rest = tail;
                }
                Step::Endless { tail } => {
                    self.endless(out)?;
                    self.skipping = tail.is_none() && !ended;
                    rest = tail.unwrap_or_default();
                }
                Step::More => break,
            }
        }
        self.pending.extend_from_slice(rest);
        Ok(())
    }

    /// One row with its line break, if it has one.
    fn row(&mut self, row: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        let content = row.strip_suffix(b"\n").unwrap_or(row);
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        match &self.head {
            None => self.head = Some(self.header(content, row.ends_with(b"\r\n"), out)?),
            Some(_) if content.is_empty() => out.extend_from_slice(row),
            Some(head) => match self.place(head, content) {
                Ok(place) => self.answer(head, content, place, out),
                Err(error) => self.refuse(head, content, &error, out),
            },
        }
        Ok(())
    }

    fn header(&self, row: &[u8], returns: bool, out: &mut Vec<u8>) -> Result<Head, Fault> {
        let text = std::str::from_utf8(row).map_err(|_| Fault("expected a header in UTF-8".into()))?;
        let bare = text.strip_prefix(BOM).unwrap_or(text).as_bytes();
        let ends = field_ends(bare);
        let names: Vec<String> = (0..ends.len())
            .map(|i| String::from_utf8_lossy(&field(bare, &ends, i)).trim().to_lowercase())
            .collect();
        let find = |wanted: &[&str]| {
            wanted.iter().find_map(|w| names.iter().position(|n| n == w)).ok_or_else(|| {
                let found: String = text.chars().take(200).collect();
                Fault(format!("expected a header with columns lon and lat, found {found:?}"))
            })
        };
        let newline = if returns { "\r\n" } else { "\n" };
        let (lon, lat) = (find(&LON)?, find(&LAT)?);
        let answers = |i: &usize| {
            let name = field(bare, &ends, *i);
            self.names().any(|n| n.as_bytes() == &*name) && ![lon, lat].contains(i)
        };
        let replaced = (0..ends.len()).filter(answers).collect();
        let head = Head { lon, lat, columns: names.len(), replaced, newline };
        out.extend_from_slice(&row[..row.len() - bare.len()]);
        head.keep(bare, &ends, out);
        for name in self.names() {
            out.push(b',');
            out.extend_from_slice(name.as_bytes());
        }
        out.extend_from_slice(newline.as_bytes());
        Ok(head)
    }

    /// Names of the answer's columns.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.oracle.levels().chain(["on_border", "error"])
    }

    /// The point of a row, on the lattice.
    fn place(&self, head: &Head, row: &[u8]) -> Result<Point, String> {
        let text = std::str::from_utf8(row).map_err(|_| "expected a row in UTF-8".to_owned())?;
        let ends = field_ends(text.as_bytes());
        if ends.len() != head.columns {
            return Err(format!("expected {} columns, found {}", head.columns, ends.len()));
        }
        let number = |name: &str, index: usize| {
            let value = field(row, &ends, index);
            let value = std::str::from_utf8(&value).unwrap_or_default().trim();
            value
                .parse::<f64>()
                .map_err(|_| format!("expected {name} in degrees, found {:?}", excerpt(value)))
        };
        let (lon, lat) = (number("lon", head.lon)?, number("lat", head.lat)?);
        LonLat::new(lon, lat).map(|place| self.oracle.point(place)).map_err(|bad| bad.to_string())
    }

    fn answer(&self, head: &Head, row: &[u8], point: Point, out: &mut Vec<u8>) {
        if head.replaced.is_empty() {
            out.extend_from_slice(row);
        } else {
            head.keep(row, &field_ends(row), out);
        }
        for unit in &self.oracle.by_level(self.oracle.owner(point))[..self.levels] {
            out.push(b',');
            out.extend_from_slice(unit.map_or("", |u| u.code.as_str()).as_bytes());
        }
        let on_border = self.oracle.snapshot.locator().on_border(point);
        out.extend_from_slice(if on_border { b",true," } else { b",false," });
        out.extend_from_slice(head.newline.as_bytes());
    }

    /// The row with its error, cut or filled to the header's columns so that the new ones stand in line.
    fn refuse(&self, head: &Head, row: &[u8], error: &str, out: &mut Vec<u8>) {
        let text = String::from_utf8_lossy(row);
        let mut ends = field_ends(text.as_bytes());
        ends.truncate(head.columns);
        let kept = head.keep(text.as_bytes(), &ends, out);
        let missing = head.columns - head.replaced.len() - kept.max(1);
        out.extend(std::iter::repeat_n(b',', missing + self.levels + 2));
        out.push(b'"');
        out.extend_from_slice(error.replace('"', "\"\"").as_bytes());
        out.push(b'"');
        out.extend_from_slice(head.newline.as_bytes());
    }

    /// Answers a row of which no end is in sight.
    fn endless(&self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let Some(head) = &self.head else {
            return Err(Fault(format!(
                "expected a header of at most {ROW_LIMIT} bytes with its quotes closed"
            )));
        };
        let error = format!("expected a row of at most {ROW_LIMIT} bytes with its quotes closed");
        self.refuse(head, b"", &error, out);
        Ok(())
    }
}

impl Rows for CsvRows {
    fn feed(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        self.pending.extend_from_slice(input);
        self.go_on(false, out)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.go_on(true, out)?;
        if self.head.is_none() {
            return Err(Fault("expected a header with columns lon and lat, found nothing".into()));
        }
        Ok(())
    }

    fn begun(&self) -> bool {
        self.head.is_some()
    }
}
