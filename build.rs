//! Builds anew when the page was built anew, or for the first time: the page is taken into the binary.

use std::path::Path;

fn main() {
    let built = "web/dist/index.html";
    let watched = if Path::new(built).exists() { built } else { "web" };
    println!("cargo::rerun-if-changed={watched}");
}
