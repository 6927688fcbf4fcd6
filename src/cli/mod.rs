//! The commands; `serve` starts `http`.
