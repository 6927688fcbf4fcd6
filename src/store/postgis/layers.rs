//! The layers that a GIS sees: views of the current version, one for each level and one for voids, made by the
//! database's `set_layers`, because a server owns nothing there. They alone have a column of the type `geometry`, so
//! they alone are what a GIS lists.

use sqlx::PgConnection;

use crate::coverage::Partition;
use crate::store::rows::VOID;

/// The name of the layer of voids.
const VOIDS: &str = "voids";

/// Tables and views of the store's own.
const TAKEN: [&str; 10] =
    ["meta", "versions", "unit_rows", "lineage", "feed", "counters", "points", "lines", "layers", "roles"];

/// Whether the levels' layers can stand in a store.
pub fn refusal(partition: &Partition) -> Option<String> {
    let taken = |name: &str| TAKEN.contains(&name) || ["about", VOIDS].contains(&name);
    let bad = partition.hierarchy.levels().as_slice().iter().find(|l| taken(&l.plural))?;
    Some(format!("a level whose plural is {:?}: the store has a table of that name", bad.plural))
}

/// Makes the layers those of `partition`'s levels.
pub async fn refresh(connection: &mut PgConnection, partition: &Partition) -> Result<(), sqlx::Error> {
    let levels = partition.hierarchy.levels().as_slice();
    let (names, levels): (Vec<&str>, Vec<&str>) =
        levels.iter().map(|l| (l.plural.as_str(), l.name.as_str())).chain([(VOIDS, VOID)]).unzip();
    sqlx::query("SELECT set_layers($1, $2)").bind(names).bind(levels).execute(connection).await.map(drop)
}
