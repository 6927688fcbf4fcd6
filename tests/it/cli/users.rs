//! Accounts, keys and the log from the command line.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};

use sqlx::{Connection, SqliteConnection};

use super::{Desk, Running, err};

const TOWN: &str = "320924100";
const PASSWORD: &str = "grau-Wal-7-Ufer";

impl Desk {
    /// Runs a command that reads a text.
    fn told(&self, arguments: &[&str], text: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that is refused may not read it.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        child.wait_with_output().unwrap()
    }
}

/// Arguments with the store that all of these tests use.
fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &["--store", "county.gpkg"]].concat()
}

#[test]
fn accounts_are_made_listed_and_changed() {
    let desk = Desk::with_county();
    let add = ["user", "add", "zhangsan", "--admin", "--display-name", "张三", "--password-stdin"];
    let made = desk.told(&with(&add), &format!("{PASSWORD}\nmore\n"));
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    assert_eq!(String::from_utf8_lossy(&made.stdout), "zhangsan (张三): administrator everywhere\n");
    let mode = std::fs::metadata(desk.path("county.private.sqlite")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let drawn = desk.done(&with(&["user", "add", "li", "--role", "planner", "--area", TOWN]));
    let lines: Vec<&str> = drawn.lines().collect();
    assert_eq!((lines[0], lines[1].len(), lines.len()), ("li: planner 320924100", 24, 2), "{drawn}");
    desk.done(&with(&["user", "grant", "LI", "--role", "dispatcher", "--category", "water"]));
    desk.done(&with(&["user", "disable", "li"]));
    assert_eq!(
        desk.done(&with(&["user", "list"])),
        "zhangsan (张三): administrator everywhere\nli: planner 320924100; dispatcher everywhere for water, disabled"
    );
    desk.done(&with(&["user", "enable", "li"]));
    desk.done(&with(&["user", "revoke", "li", "--role", "planner", "--area", TOWN]));
    assert_eq!(desk.done(&with(&["user", "password", "li"])).lines().count(), 2);
    desk.done(&with(&["user", "sign-out", "li"]));
    for (arguments, due) in [
        (&["user", "add", "Li", "--admin"][..], "there is an account \"Li\" already"),
        (&["user", "add", "a b", "--admin"], "expected a name of 1 to 64 letters"),
        (
            &["user", "add", "wu", "--role", "viewer", "--area", "3209241"],
            "which ends within a level's codes",
        ),
        (&["user", "add", "wu", "--role", "viewer", "--area", "320924999"], "which none has"),
        (
            &["user", "add", "wu", "--role", "auditor", "--area", TOWN],
            "an auditor reads the log of the whole",
        ),
        (&["user", "grant", "zhangsan", "--role", "auditor"], "administrator and auditor exclude each other"),
        (&["user", "grant", "li", "--role", "dispatcher", "--category", "water"], "already"),
        (&["user", "revoke", "li", "--role", "viewer"], "li is not viewer everywhere"),
        (&["user", "disable", "nobody"], "there is no account \"nobody\""),
        (&["user", "disable", "zhangsan"], "this account is the last one"),
        (&["user", "revoke", "zhangsan", "--role", "administrator"], "this account is the last one"),
    ] {
        let said = desk.refused(&with(arguments));
        assert!(said.contains(due), "{arguments:?}: {said}");
    }
    let weak = desk.told(&with(&["user", "password", "li", "--password-stdin"]), "woaini1314\n");
    assert!(
        weak.status.code() == Some(1) && err(&weak).contains("among those tried first"),
        "{}",
        err(&weak)
    );
    assert!(!err(&weak).contains("woaini"));
    for usage in
        [&["user", "add", "x"][..], &["user", "grant", "li"], &["user", "add", "x", "--role", "root"]]
    {
        assert_eq!(desk.run(&with(usage)).status.code(), Some(2), "{usage:?}");
    }
    assert!(desk.refused(&["user", "list", "--store", "missing.gpkg"]).contains("no store at missing.gpkg"));
}

#[test]
fn keys_are_shown_once_and_the_log_says_all_of_it() {
    let desk = Desk::with_county();
    let drawn = desk.done(&with(&["user", "add", "zhangsan", "--role", "viewer"]));
    let key = desk.done(&with(&["key", "create", "QGIS", "--account", "zhangsan", "--days", "30"]));
    let machine = desk.done(&with(&["key", "create", "dispatch", "--role", "dispatcher", "--area", TOWN]));
    let token =
        desk.done(&with(&["key", "create", "portal", "--origin", "https://a.example", "--days", "90"]));
    for (secret, prefix) in [(&key, "wk_"), (&machine, "wk_"), (&token, "wt_")] {
        assert!(secret.starts_with(prefix) && secret.len() == 67, "{secret}");
    }
    desk.done(&with(&["key", "revoke", "2"]));
    let list = desk.done(&with(&["key", "list"]));
    let lines: Vec<&str> = list.lines().collect();
    assert!(
        lines[0].starts_with("key 1 wk_")
            && lines[0].contains("\"QGIS\", of zhangsan: viewer everywhere, until")
    );
    assert!(lines[1].contains("\"dispatch\", a machine's: dispatcher 320924100, revoked"), "{list}");
    assert!(
        lines[2].starts_with("token 3 wt_") && lines[2].contains("for pages of https://a.example"),
        "{list}"
    );
    for (arguments, due) in [
        (
            &["key", "create", "x", "--account", "zhangsan", "--role", "planner"][..],
            "within those of zhangsan",
        ),
        (&["key", "create", "x", "--role", "auditor"], "belongs to an auditor's account"),
        (&["key", "create", "x", "--origin", "a.example", "--days", "1"], "as https://example.org"),
        (&["key", "revoke", "9"], "no key 9"),
    ] {
        let said = desk.refused(&with(arguments));
        assert!(said.contains(due), "{arguments:?}: {said}");
    }

    desk.write("head.json", &desk.done(&with(&["audit", "head"])));
    assert!(desk.done(&with(&["audit", "verify"])).ends_with("records, each as it was written"));
    let log = desk.done(&with(&["audit", "export"]));
    for (secret, what) in [
        (&key, "key"),
        (&machine, "key"),
        (&token, "token"),
        (&drawn.lines().last().unwrap().to_owned(), "password"),
    ] {
        assert!(!list.contains(secret) && !log.contains(secret), "a {what} in the log");
        assert!(!log.contains(&secret[12..20]), "a part of a {what} in the log");
    }
    let actions: Vec<String> = log
        .lines()
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(record["who"].as_str().unwrap().starts_with("operator:") && record["via"] == "command");
            format!("{} {}", record["action"].as_str().unwrap(), record["outcome"].as_str().unwrap())
        })
        .collect();
    assert_eq!(actions[..3], ["account.create done", "key.create done", "key.create done"]);
    assert!(
        actions.contains(&"key.revoke done".to_owned()) && actions.contains(&"key.revoke refused".to_owned())
    );
    let kept = ["audit", "verify", "--head", "head.json"];
    assert!(desk.done(&with(&kept)).ends_with("goes on from the head given"));

    // Whoever writes the file can write anything into it: it shows.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sql = |sql: &'static str| {
        let file = desk.path("county.private.sqlite");
        runtime.block_on(async {
            let mut connection = SqliteConnection::connect(&file.display().to_string()).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
    };
    sql("DROP TRIGGER audit_stays; DROP TRIGGER audit_is_kept; DELETE FROM audit WHERE seq > 6;
         UPDATE audit_head SET seq = 6, hash = (SELECT hash FROM audit WHERE seq = 6)");
    assert!(
        desk.done(&with(&["audit", "verify"])).starts_with("6 records"),
        "a cut end does not show by itself"
    );
    assert!(desk.refused(&with(&kept)).contains("its end was cut off"));
    sql("UPDATE audit SET who = 'account:lisi' WHERE seq = 3");
    assert!(desk.refused(&with(&["audit", "verify"])).contains("record 3 is not what was written there"));
    desk.write("head.json", "{}");
    assert!(desk.refused(&with(&kept)).contains("expected a head as `wangge audit head` prints it"));
}

#[test]
fn with_an_administrator_the_server_serves_what_is_public_and_nothing_else() {
    let desk = Desk::with_county();
    let serve = ["serve", "--store", "county.gpkg", "--listen", "127.0.0.1:0"];
    desk.done(&with(&["user", "add", "zhangsan", "--role", "viewer"]));
    assert!(desk.refused(&serve).contains("no administrator yet"));
    desk.done(&with(&["user", "add", "lisi", "--admin"]));
    let server = Running::start(desk.command(&serve));
    assert_eq!(server.json("/api/locate?lon=120.25&lat=33.8")["county"]["code"], "320924");
    for (path, status) in [
        ("/", 200),
        ("/api/summary", 200),
        ("/tiles.json", 200),
        ("/api/measures", 401),
        ("/api/people?unit=320924", 401),
    ] {
        assert_eq!(server.get(path).0, status, "{path}");
    }
    let (code, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
}
