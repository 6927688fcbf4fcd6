//! kill -9 in the middle of an import: the store is at the old version or the new one, whole.

use std::process::Stdio;
use std::time::Instant;

use super::process::{binary, wangge};
use super::report;
use crate::cluster::Cluster;
use crate::rounds;

/// Imports two counties by turns, each time killed at another moment of it.
fn kill_imports(store: &str) {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let other = path("other.gpkg");
    let files: Vec<String> = [(store, "1"), (&other, "2")]
        .iter()
        .map(|(store, seed)| {
            wangge(&["synth", "--grids", "280", "--seed", seed, "--store", store]).unwrap();
            let file = path(&format!("{seed}.geojson"));
            wangge(&["export", &file, "--store", store]).unwrap();
            file
        })
        .collect();
    let arguments = |file: &str| {
        ["import", "--code", "code", "--name", "name", "--store", store, file].map(str::to_owned)
    };
    let start = Instant::now();
    wangge(&arguments(&files[1]).each_ref().map(String::as_str)).unwrap();
    let whole = start.elapsed();
    let mut hashes = vec![hash(store)];
    let (mut old, mut new) = (0, 0);
    let kills = rounds(10, 100);
    for kill in 0..kills {
        let file = &files[kill % 2];
        let mut import = binary()
            .args(arguments(file))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From the first moment to well after the last.
        std::thread::sleep(whole.mul_f64(1.6 * (kill as f64 + 0.5) / kills as f64));
        let _ = import.kill();
        import.wait().unwrap();
        wangge(&["check", "--store", store]).unwrap();
        let now = hash(store);
        *(if Some(&now) == hashes.last() { &mut old } else { &mut new }) += 1;
        hashes.push(now);
    }
    let kinds: std::collections::BTreeSet<&String> = hashes.iter().collect();
    assert!(kinds.len() <= 2, "the store holds the one county or the other: {kinds:?}");
    report(format_args!(
        "{kills} imports killed within {whole:?}: {old} left the version as it was, {new} entered one"
    ));
    assert!(old > 0, "no import was killed before its end");
}

fn hash(store: &str) -> String {
    wangge(&["hash", "--store", store]).unwrap()
}

#[test]
fn an_import_that_is_killed_leaves_a_file_whole() {
    let dir = tempfile::tempdir().unwrap();
    kill_imports(&dir.path().join("county.gpkg").display().to_string());
}

#[test]
fn an_import_that_is_killed_leaves_a_database_whole() {
    kill_imports(&Cluster::shared().new_url());
}
