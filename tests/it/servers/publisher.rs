//! Versions, one after another, each of which moves some borders.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::app::{Entry, enter, today};
use wangge::coverage::{Coverage, Partition};
use wangge::crs::Point;
use wangge::store::{Mode, Saved, Store};
use wangge::unit::Owner;

/// How far a vertex is moved at most, in lattice units: about half a metre.
const STEP: i32 = 50;

/// Enters versions into a store, from its newest on.
pub struct Publisher {
    pub store: Store,
    pub number: u64,
    pub partition: Arc<Partition>,
    rng: ChaCha8Rng,
}

impl Publisher {
    pub async fn open(url: &str, seed: u64) -> Self {
        let store = Store::open(url, Mode::Existing).await.unwrap();
        let number = store.latest().await.unwrap().unwrap();
        let partition = Arc::new(store.load(number).await.unwrap().partition);
        Self { store, number, partition, rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// The partition with some vertices of inner borders moved, so that at most `grids` change.
    pub fn next(&mut self, grids: usize) -> Arc<Partition> {
        loop {
            if let Some(moved) = self.moved(grids / 2) {
                return Arc::new(moved);
            }
        }
    }

    /// Each vertex inside an arc has two sides.
    fn moved(&mut self, vertices: usize) -> Option<Partition> {
        let coverage = &self.partition.coverage;
        let mut moves: BTreeMap<Point, Point> = BTreeMap::new();
        for _ in 0..vertices {
            let arc = coverage.arc(self.rng.random_range(0..coverage.arc_count()));
            if arc.points.len() < 3 || arc.left.is_outside() || arc.right.is_outside() {
                continue;
            }
            let p = arc.points[self.rng.random_range(1..arc.points.len() - 1)];
            let mut off = || self.rng.random_range(-STEP..=STEP);
            moves.insert(p, Point::new(p.x + off(), p.y + off()));
        }
        let place = |p: &mut Point| *p = moves.get(p).copied().unwrap_or(*p);
        let shapes: Vec<_> = (0..coverage.owner_count() as u32)
            .map(|owner| {
                let mut polygons = coverage.polygons(Owner(owner));
                for polygon in &mut polygons {
                    polygon.shell.iter_mut().for_each(place);
                    polygon.holes.iter_mut().flatten().for_each(place);
                }
                polygons
            })
            .collect();
        let coverage = Coverage::build(&shapes, 0).ok()?.coverage;
        Some(Partition { hierarchy: self.partition.hierarchy.clone(), coverage })
    }

    /// Enters a partition as the next version.
    pub async fn enter(&mut self, next: &Arc<Partition>) -> Result<Saved, wangge::app::Error> {
        let entry = Entry {
            uids: wangge::store::Uids::ByCode,
            partition: (**next).clone(),
            base: None,
            effective_from: today(),
            author: "tests".into(),
            note: String::new(),
            document: String::new(),
            name: "county".into(),
            synthetic: true,
        };
        let saved = enter(&self.store, entry, Some(Arc::clone(&self.partition))).await?;
        self.number = saved.version.number;
        self.partition = Arc::clone(next);
        Ok(saved)
    }
}
