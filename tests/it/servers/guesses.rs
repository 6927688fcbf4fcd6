//! Guesses at one account's password, at two servers over one database.

use super::process::{Process, ask, told, wangge};
use super::report;
use crate::cluster::Cluster;

const PASSWORD: &str = "grau-Wal-7-Ufer";

#[test]
fn of_many_guesses_over_two_servers_ten_at_most_get_an_answer_that_depends_on_the_password() {
    let store = Cluster::shared().new_url();
    wangge(&["synth", "--store", &store, "--grids", "300"]).unwrap();
    told(&["user", "add", "chief", "--admin", "--password-stdin", "--store", &store], PASSWORD);
    let dir = tempfile::tempdir().unwrap();
    let flags = ["--rate-sign-in", "0", "--trusted-proxy", "127.0.0.1"];
    let servers = ["a", "b"].map(|name| Process::guarded(&store, &flags, &dir.path().join(name)));
    let guesses = if std::env::var_os("WANGGE_TORTURE").is_some() { 10_000 } else { 500 };
    let start = std::time::Instant::now();
    let (mut answered, mut turned_away) = (0, 0);
    std::thread::scope(|scope| {
        let work = |part: usize| {
            let servers = &servers;
            move || {
                let mut counts = (0, 0);
                for i in (part..guesses).step_by(4) {
                    // Each from an address of its own, so that the name alone is counted.
                    let from = format!("10.{}.{}.{}", i >> 16, (i >> 8) & 255, i & 255);
                    let body = format!(r#"{{"name":"chief","password":"guess {i}"}}"#);
                    let server = &servers[i % 2];
                    let answer =
                        ask(server.address, "POST", "/api/session", &[("x-forwarded-for", &from)], &body);
                    match answer.status {
                        401 => counts.0 += 1,
                        429 => {
                            assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|s| s > 0));
                            counts.1 += 1;
                        }
                        other => panic!("{other}: {}", answer.text()),
                    }
                }
                counts
            }
        };
        for one in (0..4).map(|part| scope.spawn(work(part))).collect::<Vec<_>>() {
            let counts = one.join().unwrap();
            (answered, turned_away) = (answered + counts.0, turned_away + counts.1);
        }
    });
    report(format_args!(
        "{guesses} guesses in {:?}: {answered} were looked at, {turned_away} turned away",
        start.elapsed()
    ));
    assert!((1..=10).contains(&answered) && answered + turned_away == guesses, "{answered} {turned_away}");
    // Nor does the right one, until it is due.
    let body = format!(r#"{{"name":"chief","password":"{PASSWORD}"}}"#);
    assert_eq!(ask(servers[0].address, "POST", "/api/session", &[], &body).status, 429);
}
