//! Which leaves are split: those above a number.

use super::Draft;
use crate::app::excerpt;
use crate::plan::Refused;
use crate::snapshot::Measure;
use crate::unit::{Code, UnitIndex};

/// Leaves by a number: `households>500`, `area_km2>=2.5`; all, or those under a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// As it was asked.
    text: String,
    measure: Measure,
    above: f64,
    or_equal: bool,
    under: Option<Code>,
}

impl Filter {
    /// Of all leaves, or of those under a unit.
    ///
    /// # Errors
    /// What was expected, where the text is no filter.
    pub fn parse(text: &str, under: Option<Code>) -> Result<Self, String> {
        let bad =
            || format!("expected a filter as households>500 or area_km2>=2.5, found {:?}", excerpt(text));
        let (name, number) = text.split_once('>').ok_or_else(bad)?;
        let (number, or_equal) = number.strip_prefix('=').map_or((number, false), |number| (number, true));
        let measure = match name.trim() {
            "households" => Measure::Households,
            "area_km2" => Measure::AreaKm2,
            "households_per_km2" => Measure::HouseholdsPerKm2,
            _ => return Err(bad()),
        };
        let above = number.trim().parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0).ok_or_else(bad)?;
        Ok(Self { text: text.to_owned(), measure, above, or_equal, under })
    }

    /// As it was asked.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Under which unit.
    #[must_use]
    pub fn under(&self) -> Option<&Code> {
        self.under.as_ref()
    }

    /// The leaves that it takes, by code, with their values.
    pub(super) fn taken(&self, draft: &Draft) -> Result<Vec<(Code, f64)>, Refused> {
        let snapshot = &draft.snapshot;
        let hierarchy = snapshot.hierarchy();
        let top = self.under.as_ref().map(|code| top(draft, code)).transpose()?;
        let under = |leaf: UnitIndex| top.is_none_or(|top| hierarchy.chain(leaf).any(|unit| unit == top));
        let leaves = hierarchy.leaves().iter().copied().filter(|&leaf| under(leaf));
        let value = |leaf| self.measure.of(snapshot.counts(), snapshot.facts(), leaf);
        let taken = leaves.map(|leaf| (leaf, value(leaf))).filter(|&(_, value)| self.takes(value));
        Ok(taken.map(|(leaf, value)| (hierarchy.unit(leaf).code.clone(), value)).collect())
    }

    fn takes(&self, value: f64) -> bool {
        value > self.above || (self.or_equal && value >= self.above)
    }

    /// As few parts as are each within the filter when they balance.
    pub(super) fn parts(&self, value: f64) -> usize {
        ((value / self.above).ceil() as usize).max(2)
    }
}

/// The unit of a code that it has in the draft, or had in the draft's base.
fn top(draft: &Draft, code: &Code) -> Result<UnitIndex, Refused> {
    let (now, base) = (draft.snapshot.hierarchy(), draft.base.snapshot.hierarchy());
    let was = || now.by_uid(base.unit(base.by_code(code)?).uid);
    now.by_code(code).or_else(was).ok_or_else(|| Refused::missing(code))
}
