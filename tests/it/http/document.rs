//! The document at `/openapi.json`: every route of the contract stands in it with what it asks, and it holds together.
//! Whether answers are as it says is for `tests/judge/openapi.sh`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use wangge::http;

use super::server::shared;

/// How the paths of the contract begin; pages and metrics are no part of it.
const CONTRACT: [&str; 5] = ["/api/", "/tiles", "/styles", "/health/", "/openapi.json"];

fn operations(document: &Value) -> Vec<(&str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| item.as_object().unwrap().values().map(move |value| (path.as_str(), value)))
        .filter(|(_, value)| value.is_object())
        .collect()
}

#[test]
fn every_route_of_the_contract_stands_in_the_document_with_what_it_asks() {
    let document = shared().get("/openapi.json").json();
    let asked: BTreeMap<&str, &str> = http::permissions()
        .filter(|(path, _)| CONTRACT.iter().any(|begin| path.starts_with(begin)))
        .map(|(path, permission)| (path, permission.name()))
        .collect();
    let told: BTreeMap<&str, &str> = operations(&document)
        .into_iter()
        .map(|(path, operation)| (path, operation["x-permission"].as_str().unwrap()))
        .collect();
    assert_eq!(told, asked);
}

#[test]
fn every_operation_has_a_name_of_its_own_and_a_tag_that_is_explained() {
    let document = shared().get("/openapi.json").json();
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut names = BTreeSet::new();
    for (path, operation) in operations(&document) {
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{path}");
        assert!(tags.contains(operation["tags"][0].as_str().unwrap()), "{path}");
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = shared().get("/openapi.json").json();
    let mut left = vec![&document];
    let mut references = 0;
    while let Some(value) = left.pop() {
        match value {
            Value::Object(members) => left.extend(members.values()),
            Value::Array(items) => left.extend(items),
            _ => {}
        }
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            references += 1;
            let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            assert!(target.is_some(), "{reference}");
        }
    }
    assert!(references > 500, "{references}");
}
