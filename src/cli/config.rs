//! `wangge.toml`: defaults for flags, below the flags themselves and `WANGGE_*`.
//!
//! ```toml
//! store = "county.gpkg"        # for every command
//! [serve]
//! listen = "0.0.0.0:8080"      # for one command
//! [background]                 # one of the two, see `map`
//! file = "county.pmtiles"
//! tianditu = { key = "…", layers = "vec" }
//! [map]
//! attribution = "审图号：…"
//! ```

use std::path::Path;

use clap::Command;
use toml::{Table, Value};

/// Where it is looked for: in the working directory.
pub const FILE: &str = "wangge.toml";

/// `command` with the defaults that `path` gives; unchanged where there is no such file.
///
/// # Errors
/// One line: the file cannot be read, is no TOML, or names what no command has.
pub fn with_defaults(command: Command, path: &Path) -> Result<Command, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(command),
        Err(error) => return Err(format!("could not read {}: {error}", path.display())),
    };
    let table: Table =
        text.parse().map_err(|e: toml::de::Error| format!("{}: {}", path.display(), e.message()))?;
    flags(table)
        .and_then(|table| apply(command, &table))
        .map_err(|name| format!("{}: no command has a setting {name:?}", path.display()))
}

/// What the sections set that are no command's, and the flag that each setting is.
const SECTIONS: [(&str, &str); 5] = [
    ("background.file", "background"),
    ("background.tianditu.key", "tianditu-key"),
    ("background.tianditu.layers", "tianditu-layers"),
    ("background.tianditu.url", "tianditu-url"),
    ("map.attribution", "attribution"),
];

/// `table` with the settings of [`SECTIONS`] as flags.
fn flags(table: Table) -> Result<Table, String> {
    let is_section = |name: &str| SECTIONS.iter().any(|(path, _)| path.split('.').next() == Some(name));
    let mut flags = Table::new();
    for (name, value) in table {
        match value {
            Value::Table(inner) if is_section(&name) => settings(&name, inner, &mut flags)?,
            value => drop(flags.insert(name, value)),
        }
    }
    Ok(flags)
}

/// Adds what `table`, at `path`, sets.
fn settings(path: &str, table: Table, flags: &mut Table) -> Result<(), String> {
    for (name, value) in table {
        let path = format!("{path}.{name}");
        if let Value::Table(inner) = value {
            settings(&path, inner, flags)?;
            continue;
        }
        let (_, flag) = SECTIONS.iter().find(|(known, _)| *known == path).ok_or(path)?;
        flags.insert((*flag).to_owned(), value);
    }
    Ok(())
}

fn apply(mut command: Command, table: &Table) -> Result<Command, String> {
    for (name, value) in table {
        if let Value::Table(inner) = value {
            let known = command.find_subcommand(name).is_some();
            let all_known = inner.keys().find(|key| !has(command.find_subcommand(name), key));
            if !known {
                return Err(name.clone());
            }
            if let Some(key) = all_known {
                return Err(format!("{name}.{key}"));
            }
            command = command.mut_subcommand(name, |sub| {
                inner.iter().fold(sub, |sub, (key, value)| with_default(sub, key, value))
            });
            continue;
        }
        if has(Some(&command), name) {
            command = with_default(command, name, value);
            continue;
        }
        let names: Vec<String> = command.get_subcommands().map(|s| s.get_name().to_owned()).collect();
        let having: Vec<_> = names.into_iter().filter(|s| has(command.find_subcommand(s), name)).collect();
        if having.is_empty() {
            return Err(name.clone());
        }
        for sub in having {
            let given_apart = table.get(&sub).and_then(Value::as_table).is_some_and(|t| t.contains_key(name));
            if !given_apart {
                command = command.mut_subcommand(sub, |sub| with_default(sub, name, value));
            }
        }
    }
    Ok(command)
}

fn has(command: Option<&Command>, key: &str) -> bool {
    command.is_some_and(|c| c.get_arguments().any(|a| a.get_long() == Some(key)))
}

fn with_default(command: Command, key: &str, value: &Value) -> Command {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let id = command.get_arguments().find(|a| a.get_long() == Some(key)).map(|a| a.get_id().clone());
    match id {
        // An address may hold a password, which `--help` must not show.
        Some(id) => command.mut_arg(id, |arg| {
            let arg = if text.contains("://") { arg.hide_default_value(true) } else { arg };
            arg.default_value(text).required(false)
        }),
        None => command,
    }
}
