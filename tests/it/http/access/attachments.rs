//! Files that lie with a plan: who may add and read them, how they come, and where they are kept; on both kinds of store.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use wangge::access::{Grant, Role};

use super::callers::area;
use super::groups::Person;
use crate::cluster::Cluster;
use crate::http::server::{Answer, Server, code};

/// 批复 1.pdf.
const NAME: &str = "/attachments/%E6%89%B9%E5%A4%8D%201.pdf";

#[test]
fn a_file_lies_with_a_plan_in_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("county.gpkg");
    lies(&Server::guarded(&path.display().to_string(), true));
    // What is handed to a GIS user has neither the file nor its name.
    let holds = |path: &std::path::Path, text: &str| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(text.len()).any(|found| found == text.as_bytes())
    };
    let beside = ["county.gpkg", "county.gpkg-wal"].map(|name| dir.path().join(name));
    for file in beside.iter().filter(|file| file.exists()) {
        assert!(!holds(file, "批复") && !holds(file, "甲乙丙"), "{}", file.display());
    }
    let private = dir.path().join("county.private.sqlite");
    assert_eq!(std::fs::metadata(private).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_lies_with_a_plan_in_a_database() {
    lies(&Server::guarded(&Cluster::shared().new_url(), true));
}

fn put(who: &Person, path: &str, on: u64, mime: &str, body: &[u8]) -> Answer {
    let on = format!("\"{on}\"");
    let mut headers = who.headers();
    headers.extend([("content-type", mime), ("if-match", on.as_str())]);
    who.server.send("PUT", &format!("/api/plans{path}"), &headers, body)
}

fn lies(server: &Server) {
    let person = |name, role, place| Person::new(server, name, vec![Grant::new(role, area(place))]);
    let (planner, other) = (person("planner", Role::Planner, "own"), person("other", Role::Planner, "other"));
    let (approver, viewer) =
        (person("approver", Role::Approver, "own"), person("viewer", Role::Viewer, "own"));
    let id = planner.begin(&[json!({"op": "rename", "unit": code('a'), "name": "甲新"})]);
    let at = format!("/{id}{NAME}");
    let added = put(&planner, &at, 2, "application/pdf", "甲乙丙".as_bytes()).json();
    let file = &added["attachments"][0];
    assert_eq!(
        (&file["name"], &file["media_type"], &file["bytes"]),
        (&json!("批复 1.pdf"), &json!("application/pdf"), &json!(9))
    );
    assert_eq!(
        (&file["by"], &added["revision"]),
        (&json!("account:planner"), &json!(3)),
        "a file raises the revision"
    );
    // As `sha256sum` says it.
    assert_eq!(file["sha256"], "2f4be7790292444c5c8c79462d208fa139dba32b55f63b6db4130a4f009deec2");

    let read = approver.send("GET", &at, 0, &Value::Null);
    assert_eq!((read.status, read.body.as_slice()), (200, "甲乙丙".as_bytes()));
    for (header, value) in [
        ("content-type", "application/pdf"),
        ("content-disposition", "attachment; filename*=UTF-8''%E6%89%B9%E5%A4%8D%201.pdf"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(read.header(header), value, "{header}");
    }
    viewer.send("GET", &at, 0, &Value::Null).problem(403);
    server.get(&format!("/api/plans{at}")).problem(401);
    refused(&planner, &other, &approver, id);

    // In the place of the one of that name; then another, which goes again.
    let page = b"<script>alert(1)</script>";
    let replaced = put(&planner, &at, 3, "text/html", page).json();
    assert_eq!(
        (replaced["attachments"].as_array().unwrap().len(), &replaced["attachments"][0]["bytes"]),
        (1, &json!(25))
    );
    assert!(approver.send("GET", &at, 0, &Value::Null).header("content-security-policy").contains("sandbox"));
    put(&planner, &format!("/{id}/attachments/b"), 4, "image/png", &[0x89, 0, 0xff]).json();
    let gone = planner.send("DELETE", &format!("/{id}/attachments/b"), 5, &Value::Null).json();
    assert_eq!((gone["attachments"].as_array().unwrap().len(), &gone["revision"]), (1, &json!(6)));
    planner.send("GET", &format!("/{id}/attachments/b"), 0, &Value::Null).problem(404);
    let store = server.store();
    let kept = server.runtime.block_on(store.attachments(id)).unwrap();
    assert_eq!(kept.iter().map(|file| file.size).collect::<Vec<_>>(), [25], "what no plan names is gone");

    // Once it is approved it stays.
    planner.act(id, "/submit", &Value::Null);
    put(&planner, &format!("/{id}/attachments/c"), 7, "text/plain", b"c").json();
    approver.act(id, "/approve", &Value::Null);
    put(&planner, &at, 9, "text/plain", b"c").problem(409);
    planner.send("DELETE", &at, 9, &Value::Null).problem(409);
    let published = approver.act(id, "/publish", &json!({}));
    assert_eq!(published["attachments"].as_array().unwrap().len(), 2);
    assert_eq!(approver.send("GET", &at, 0, &Value::Null).body, page);
}

/// Who may not, and what cannot be.
fn refused(planner: &Person, other: &Person, approver: &Person, id: u64) {
    let at = format!("/{id}{NAME}");
    put(other, &at, 3, "text/plain", b"x").problem(403);
    put(approver, &at, 3, "text/plain", b"x").problem(403);
    put(planner, &at, 2, "text/plain", b"x").problem(412);
    planner.send("DELETE", &at, 0, &Value::Null).problem(428);
    planner.send("DELETE", &format!("/{id}/attachments/none"), 3, &Value::Null).problem(404);
    put(planner, "/99/attachments/x", 1, "text/plain", b"x").problem(404);
    for name in ["a%2Fb", "a%5Cb", "%0A", "..%2F", "%20x", &"x".repeat(121)] {
        put(planner, &format!("/{id}/attachments/{name}"), 3, "text/plain", b"x").problem(400);
    }
    put(planner, &at, 3, "plain", b"x").problem(415);
    let long = vec![0; 20 * 1024 * 1024 + 1];
    let problem = put(planner, &at, 3, "text/plain", &long).problem(413);
    assert!(problem["detail"].as_str().unwrap().contains("20971520 bytes"), "{problem}");
}
