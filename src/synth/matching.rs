//! Who goes where at the least cost: the assignment problem, by the Hungarian method.

/// The column of each row so that the sum of `cost[row][column]` is least. Rows and columns are equally many.
///
/// Shortest augmenting paths with potentials: O(n³), and the same answer everywhere.
pub(super) fn cheapest(cost: &[Vec<f64>]) -> Vec<usize> {
    let n = cost.len();
    // Row and column 0 stand for nothing, as in the textbook.
    let (mut u, mut v) = (vec![0.0; n + 1], vec![0.0; n + 1]);
    let mut row_of = vec![0; n + 1];
    for row in 1..=n {
        row_of[0] = row;
        let path = augmenting_path(cost, &mut u, &mut v, &row_of);
        let mut column = path.end;
        while column != 0 {
            row_of[column] = row_of[path.before[column]];
            column = path.before[column];
        }
    }
    let mut column_of = vec![0; n];
    for column in 1..=n {
        column_of[row_of[column] - 1] = column - 1;
    }
    column_of
}

struct Path {
    end: usize,
    before: Vec<usize>,
}

fn augmenting_path(cost: &[Vec<f64>], u: &mut [f64], v: &mut [f64], row_of: &[usize]) -> Path {
    let n = cost.len();
    let (mut least, mut used, mut before) = (vec![f64::INFINITY; n + 1], vec![false; n + 1], vec![0; n + 1]);
    let mut column = 0;
    while row_of[column] != 0 {
        used[column] = true;
        let (row, mut step, mut next) = (row_of[column], f64::INFINITY, 0);
        for j in (1..=n).filter(|&j| !used[j]) {
            let reduced = cost[row - 1][j - 1] - u[row] - v[j];
            if reduced < least[j] {
                (least[j], before[j]) = (reduced, column);
            }
            if least[j] < step {
                (step, next) = (least[j], j);
            }
        }
        for j in 0..=n {
            if used[j] {
                u[row_of[j]] += step;
                v[j] -= step;
            } else {
                least[j] -= step;
            }
        }
        column = next;
    }
    Path { end: column, before }
}
