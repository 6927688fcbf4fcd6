//! Which cells borders pass through, in blocks of blocks of 8 by 8, for searches that start anywhere.
//!
//! ```text
//! level 1   one block: which of its 64 blocks below have any           ┌ ─ ─ ┐
//! level 0   a block: which of its 64 cells are open            ■■·■ …  one bit each
//! ```

use super::directory::{Directory, OPEN};

/// Bits of side 8 per step up.
const SHIFT: u32 = 3;

/// Levels from the cells up; the last has one block.
#[derive(Debug, Default)]
pub struct Pyramid {
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    columns: usize,
    blocks: Vec<u64>,
}

impl Pyramid {
    pub fn over(directory: &Directory) -> Self {
        let grid = &directory.grid;
        let mut levels = Vec::new();
        let (mut columns, mut rows) = (grid.columns, grid.rows);
        while columns * rows > 0 && (levels.is_empty() || columns * rows > 1) {
            let level = match levels.last() {
                None => Level::over(columns, &directory.cells, |&word| word & OPEN != 0),
                Some(Level { blocks, .. }) => Level::over(columns, blocks, |&mask| mask != 0),
            };
            (columns, rows) = (level.columns, level.blocks.len() / level.columns);
            levels.push(level);
        }
        Self { levels }
    }

    /// How many levels there are.
    pub fn height(&self) -> usize {
        self.levels.len()
    }

    /// The mask of a block: bit 8 j + i for its child (i, j).
    pub fn block(&self, level: usize, column: usize, row: usize) -> u64 {
        let Some(level) = self.levels.get(level) else { return 0 };
        level.blocks.get(row * level.columns + column).copied().unwrap_or_default()
    }

    /// log2 of a child's side, in cells, at a level.
    pub const fn child_shift(level: usize) -> u32 {
        SHIFT * level as u32
    }

    pub fn heap_bytes(&self) -> usize {
        self.levels.iter().map(|l| l.blocks.len() * 8).sum()
    }
}

impl Level {
    /// The level above `children`, which stand in rows of `columns`.
    fn over<T>(columns: usize, children: &[T], marked: impl Fn(&T) -> bool) -> Self {
        let rows = children.len() / columns;
        let wide = columns.div_ceil(1 << SHIFT);
        let mut blocks = vec![0; wide * rows.div_ceil(1 << SHIFT)];
        for (y, row) in children.chunks(columns).enumerate() {
            let above = &mut blocks[(y >> SHIFT) * wide..][..wide];
            for (bits, mask) in row.chunks(1 << SHIFT).zip(above) {
                let line = bits.iter().rev().fold(0, |line, child| line << 1 | u64::from(marked(child)));
                *mask |= line << (8 * (y & 7));
            }
        }
        Self { columns: wide, blocks }
    }
}
