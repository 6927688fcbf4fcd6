//! What a PostGIS store must be to other servers, to roles, to GDAL, to an operator who set something up wrongly, and
//! to a database that goes away.

use std::process::Command;
use std::time::{Duration, Instant};

use sqlx::{Connection, Row};
use wangge::store::{Admission, Mode, Store, StoreError};
use wangge::unit::{Duty, LineFeature, Person, PointLayer, Uid};

use super::{save, version};
use crate::cluster::{Cluster, new_name};
use crate::fixture::{changed, nine, nine_drawn, odd, random};

/// A store in a schema of its own: the schema's name, the superuser's address, the store.
async fn new_store() -> (String, String, Store) {
    let schema = new_name();
    let url = Cluster::shared().url("postgres", &schema);
    let store = Store::open(&url, Mode::Create).await.unwrap();
    (schema, url, store)
}

#[tokio::test]
async fn ten_servers_may_start_at_once() {
    let url = Cluster::shared().new_url();
    let open = |_| {
        let url = url.clone();
        tokio::spawn(async move { Store::open(&url, Mode::Create).await })
    };
    let opening: Vec<_> = (0..10).map(open).collect();
    for opened in opening {
        let store = opened.await.unwrap().unwrap();
        assert_eq!(store.latest().await.unwrap(), None);
        store.close().await;
    }
}

#[tokio::test]
async fn a_schema_that_is_no_store_is_refused_and_left_alone() {
    let cluster = Cluster::shared();
    for (mine, private) in [(true, false), (false, true)] {
        let schema = new_name();
        let table = |schema: &str| format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.wells (x int);");
        let apart = format!("{schema}_private");
        cluster.sql("postgres", &table(if mine { &schema } else { &apart })).await.unwrap();
        for mode in [Mode::Create, Mode::Existing] {
            let error = Store::open(&cluster.url("postgres", &schema), mode).await.unwrap_err();
            assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
            assert!(error.to_string().contains("tables wells"), "{error} {private}");
        }
        let count = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
             WHERE nspname LIKE $1 || '%' AND relkind = 'r'";
        let mut connection = cluster.connect("postgres").await;
        let tables: i64 = sqlx::query_scalar(count).bind(&schema).fetch_one(&mut connection).await.unwrap();
        assert_eq!(tables, 1);
    }
    let missing = Store::open(&cluster.new_url(), Mode::Existing).await.unwrap_err();
    assert!(matches!(missing, StoreError::NoStore { .. }), "{missing}");
}

#[tokio::test]
async fn a_store_of_a_newer_program_is_refused() {
    let (schema, url, store) = new_store().await;
    store.close().await;
    let newer = format!("UPDATE {schema}.meta SET value = '99' WHERE key = 'wangge_schema'");
    Cluster::shared().sql("postgres", &newer).await.unwrap();
    for mode in [Mode::Create, Mode::Existing] {
        let error = Store::open(&url, mode).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    }
}

#[tokio::test]
async fn addresses_are_read_whole_and_shown_without_a_password() {
    for (url, shown) in [
        ("postgres://me:s3cret@db.example/county", "postgres://me@db.example/county"),
        ("postgresql://me:s3cret@db:5433/county?schema=a_b", "postgres://me@db:5433/county?schema=a_b"),
        (
            "postgres:///county?host=/run/pg&user=me&password=s3cret",
            "postgres:///county?host=/run/pg&user=me",
        ),
        (
            "postgres:///county?host=/run/pg&user=me&port=5433&password=s3cret",
            "postgres:///county?host=/run/pg&user=me&port=5433",
        ),
        ("postgres://me:s3/cret@db/county", "postgres://…"),
        ("postgres://me:s3?cret@db/county", "postgres://…"),
        ("postgres//me:s3cret@db/county", "postgres…"),
        ("Postgres://me:s3cret@db/county", "postgres…"),
        ("postgres:me:s3cret@db/county", "postgres…"),
        ("postgers://me:s3cret@db/county", "postgers://…"),
        ("county.gpkg", "county.gpkg"),
    ] {
        assert_eq!(Store::shown(url), shown);
    }
    for (bad, told) in [
        ("postgres://me:s3cret@db/county?schema=Wangge", "a schema is named with"),
        ("postgres://me:s3cret@db/county?schema=pg_x", "a schema is named with"),
        ("postgres://me@db/county?pasword=s3cret", "there is no parameter \"pasword\""),
        ("postgres://me:s3/cret@db/county", "port"),
        ("postgres://me:s3cret@db/county?sslmode=s3cret", "sslmode is one of"),
        ("postgres://me:s3?cret@db/county", "%3f"),
        ("postgres://me:x?s3=cret&s3@db/county", "%3f"),
        ("postgres://me@db/county?schema=s3@cret", "a schema is named with"),
        ("postgres//me:s3cret@db/county", "postgres://user@host"),
        ("postgres//me:s3://cret@db/county", "postgres://user@host"),
        ("postgresql:me:s3cret@db/county", "postgres://user@host"),
    ] {
        let error = Store::open(bad, Mode::Create).await.unwrap_err();
        assert!(matches!(error, StoreError::Address { .. }), "{error}");
        let error = format!("{error} {error:?}");
        assert!(error.to_lowercase().replace('_', "").contains(told), "{bad}: {error}");
        assert!(!error.contains("s3"), "{error}");
    }
    let (_, url, store) = new_store().await;
    let with_password = format!("{url}&password=s3cret");
    let other = Store::open(&with_password, Mode::Existing).await.unwrap();
    assert!(!format!("{other:?} {}", other.location()).contains("s3cret"));
    assert_eq!(Store::open(&other.location(), Mode::Existing).await.unwrap().latest().await.unwrap(), None);
    store.close().await;
    let nobody = "postgres://me:s3cret@127.0.0.1:9/county";
    let error = Store::open(nobody, Mode::Existing).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
}

#[tokio::test]
async fn every_geometry_is_valid_and_indexed() {
    let (schema, _, store) = new_store().await;
    for seed in 0..20 {
        save(&store, &random(seed)).await;
    }
    save(&store, &odd()).await;
    let mut connection = Cluster::shared().connect("postgres").await;
    let query = format!(
        "SELECT count(*) FILTER (WHERE NOT ST_IsValid(geometry)), count(*), min(ST_SRID(geometry)),
           count(*) FILTER (WHERE GeometryType(geometry) <> 'MULTIPOLYGON') FROM {schema}.unit_rows"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
    let (bad, all, srid, other): (i64, i64, i32, i64) = (row.get(0), row.get(1), row.get(2), row.get(3));
    assert_eq!((bad, srid, other), (0, 4490, 0));
    assert!(all > 100, "{all}");
    let plan = format!(
        "SET enable_seqscan = off; SET enable_bitmapscan = off;
         EXPLAIN SELECT code FROM {schema}.plots WHERE geom && ST_MakeEnvelope(120, 33, 120.1, 33.1, 4490)"
    );
    let plan = sqlx::raw_sql(sqlx::AssertSqlSafe(plan)).fetch_all(&mut connection).await.unwrap();
    let plan: Vec<String> = plan.iter().map(|r| r.get(0)).collect();
    assert!(plan.iter().any(|line| line.contains("unit_rows_geometry")), "{plan:?}");
}

/// What the store says after `sql`, in which `rows` stands for its table of units: units told, and the detail.
async fn noticed(sql: &str) -> (Vec<String>, String) {
    let (schema, _, store) = new_store().await;
    save(&store, &odd()).await;
    save(&store, &nine()).await;
    let sql = sql.replace("rows", &format!("{schema}.unit_rows"));
    Cluster::shared().sql("postgres", &sql).await.unwrap();
    let error = store.load(2).await.unwrap_err();
    assert!(store.verify().await.is_err());
    assert!(store.save(&version(nine())).await.is_err(), "nothing is built upon it");
    match error {
        StoreError::ChangedOutside { version: 2, units, detail, .. } => (units, detail),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_store_changed_from_outside_is_noticed() {
    let of = async |sql: &str| {
        let current = "WHERE code = '320924100001001' AND to_version IS NULL";
        let (units, detail) = noticed(&format!("UPDATE rows SET {sql} {current}")).await;
        assert_eq!(units, ["320924100001001"], "{sql}: {detail}");
    };
    of("geometry = ST_Translate(geometry, 1e-7, 0)").await;
    of("geometry = ST_Translate(geometry, 1e-9, 0)").await;
    of("geometry = ST_Reverse(geometry)").await;
    of("name = '冒名'").await;
    of("attributes = '{ }'").await;
    of("tint = 4 - tint").await;
    let (units, detail) =
        noticed("DELETE FROM rows WHERE code = '320924100001001' AND to_version IS NULL").await;
    assert_eq!((units.len(), detail.as_str()), (0, "rows were added or removed"));
    let (units, _) = noticed(
        "SET session_replication_role = replica;
         UPDATE rows SET to_version = 3 WHERE code = '320924100001001' AND to_version IS NULL",
    )
    .await;
    assert_eq!(units, ["320924100001001"], "the layers no longer show it");
}

#[tokio::test]
async fn only_rows_that_changed_since_are_read() {
    let (schema, _, store) = new_store().await;
    save(&store, &nine()).await;
    let base = store.load(1).await.unwrap();
    save(&store, &nine_drawn(&["adg", "aeh", "cfi"])).await;
    // Another row than those that changed is not looked at.
    let meddle = format!("UPDATE {schema}.unit_rows SET name = '冒名' WHERE code = '320924102001003'");
    Cluster::shared().sql("postgres", &meddle).await.unwrap();
    assert!(store.load(2).await.is_err());
    let loaded = store.load_after(2, &base.version, &base.partition).await.unwrap();
    assert_eq!(loaded.partition.content_hash(), nine_drawn(&["adg", "aeh", "cfi"]).content_hash());
    // One of those that changed is.
    let meddle =
        format!("UPDATE {schema}.unit_rows SET name = '冒名' WHERE from_version = 2 AND level = 'grid'");
    Cluster::shared().sql("postgres", &meddle).await.unwrap();
    let error = store.load_after(2, &base.version, &base.partition).await.unwrap_err();
    assert!(matches!(error, StoreError::ChangedOutside { .. }), "{error}");
}

#[tokio::test]
async fn whoever_listens_hears_every_kind_of_write() {
    let (_, url, store) = new_store().await;
    let other = Store::open(&url, Mode::Existing).await.unwrap();
    let mut listener = store.listen().await.unwrap();
    let heard = async |listener: &mut wangge::store::Listener| {
        tokio::time::timeout(Duration::from_secs(10), listener.next()).await.unwrap().unwrap();
    };
    save(&other, &nine()).await;
    heard(&mut listener).await;
    other.replace_points(PointLayer::Places, &[]).await.unwrap();
    heard(&mut listener).await;
    other.replace_lines(&[]).await.unwrap();
    heard(&mut listener).await;
    other.replace_people(&[]).await.unwrap();
    heard(&mut listener).await;
    // A save that is refused says nothing; nor does another store.
    let (_, _, elsewhere) = new_store().await;
    save(&elsewhere, &nine()).await;
    let stale = wangge::store::NewVersion { base: Some(9), ..version(nine()) };
    other.save(&stale).await.unwrap_err();
    assert!(tokio::time::timeout(Duration::from_millis(300), listener.next()).await.is_err());
    // A connection that is cut is an error, and listening anew works.
    let cut =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN \"' || $1 || '\"'";
    let mut connection = Cluster::shared().connect("postgres").await;
    let schema = url.rsplit_once('=').unwrap().1;
    assert_eq!(sqlx::query(cut).bind(schema).execute(&mut connection).await.unwrap().rows_affected(), 1);
    let lost = tokio::time::timeout(Duration::from_secs(10), listener.next()).await.unwrap();
    assert!(lost.is_err());
    let mut listener = store.listen().await.unwrap();
    save(&other, &odd()).await;
    heard(&mut listener).await;
}

fn people() -> Vec<Person> {
    let text = |text: &str| text.to_owned();
    let phone = text("10012345678");
    vec![Person {
        unit: Uid(7),
        role: text("police"),
        name: text("甲"),
        phone,
        note: String::new(),
        duty: Duty::default(),
    }]
}

/// What GDAL lists for a role.
fn listed(role: &str, schema: &str) -> Vec<String> {
    let text = super::gdal::gdal("ogrinfo", &["-ro", &Cluster::shared().gdal(role, schema)]);
    let layer = |line: &str| {
        line.split_once(": ").filter(|(n, _)| n.parse::<u32>().is_ok()).map(|(_, l)| l.to_owned())
    };
    let mut layers: Vec<String> = text.lines().filter_map(layer).collect();
    layers.sort();
    layers
}

/// `insufficient_privilege`, and no slip in the SQL.
fn is_denied(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|e| e.code().as_deref() == Some("42501"))
}

/// Not the owner by a slip, nor a server out of order.
async fn nobody_changes_the_log(schema: &str, server: &str) {
    let cluster = Cluster::shared();
    let record = |seq: &str| {
        format!(
            "INSERT INTO {schema}_private.audit SELECT {seq}, at, who, via, address, action, target, outcome, before,
             after, hash FROM {schema}_private.audit WHERE seq = 1"
        )
    };
    let all = format!("DELETE FROM {schema}_private.audit");
    for (role, sql) in [("postgres", all), (server, record("1 + seq + 6")), ("postgres", record("90"))] {
        let error = cluster.sql(role, &sql).await.unwrap_err();
        assert!(error.to_string().contains("the log"), "{sql}: {error}");
    }
}

#[tokio::test]
async fn a_server_serves_and_publishes_and_owns_nothing() {
    let cluster = Cluster::shared();
    let (schema, _, owner) = new_store().await;
    let (server, reader) = (new_name(), new_name());
    cluster
        .sql("postgres", &format!("CREATE ROLE {server} LOGIN; CREATE ROLE {reader} LOGIN"))
        .await
        .unwrap();
    let denied = Store::open(&cluster.url(&server, &schema), Mode::Existing).await.unwrap_err();
    assert!(
        matches!(denied, StoreError::Denied { .. }) && denied.to_string().contains("wangge grant"),
        "{denied}"
    );
    owner.grant(&server, Admission::Server).await.unwrap();
    owner.grant(&reader, Admission::Reader).await.unwrap();
    let store = Store::open(&cluster.url(&server, &schema), Mode::Create).await.unwrap();
    save(&store, &nine()).await;
    // Levels change: the layers are other views, which the role does not make as its own.
    save(&store, &odd()).await;
    save(&store, &nine_drawn(&["bdg", "beh", "cfi"])).await;
    store.replace_points(PointLayer::Places, &[]).await.unwrap();
    store.replace_lines(&[]).await.unwrap();
    store.replace_people(&people()).await.unwrap();
    store.replace_people(&people()).await.unwrap();
    assert!(store.people().await.unwrap() == people());
    assert!(store.verify().await.unwrap().is_some());
    assert_eq!(store.load(2).await.unwrap().partition.content_hash(), odd().content_hash());
    super::ledger::fill(&store).await;
    let place = store.take_place(vec![wangge::access::lockout::Counted::name("a")]).await.unwrap();
    assert!(matches!(place, wangge::store::Place::Taken { .. }), "{place:?}");
    drop(store.listen().await.unwrap());
    for sql in [
        "DROP TABLE S.unit_rows",
        "DROP VIEW S.grids",
        "CREATE TABLE S.mine (x int)",
        "ALTER TABLE S.versions ADD x int",
        "UPDATE S.versions SET note = 'x'",
        "UPDATE S.unit_rows SET name = 'x'",
        "DELETE FROM S.unit_rows",
        "DELETE FROM S.versions",
        "INSERT INTO S.roles VALUES ('x', 'server')",
        "SELECT S.apply_grants()",
        "DROP SCHEMA S",
        "UPDATE S_private.audit SET who = 'x'",
        "DELETE FROM S_private.audit",
        "TRUNCATE S_private.audit",
        "UPDATE S_private.audit_head SET seq = 0",
        "ALTER TABLE S_private.audit DISABLE TRIGGER ALL",
        "DELETE FROM S_private.accounts",
        "UPDATE S_private.accounts SET name = 'x'",
        "DELETE FROM S_private.keys",
        "UPDATE S_private.keys SET grants = '[]'",
    ] {
        let sql = sql.replace(" S.", &format!(" {schema}.")).replace("SCHEMA S", &format!("SCHEMA {schema}"));
        let sql = sql.replace(" S_", &format!(" {schema}_"));
        let error = cluster.sql(&server, &sql).await.unwrap_err();
        assert!(is_denied(&error), "{sql}: {error}");
    }
    nobody_changes_the_log(&schema, &server).await;
    // Who reads sees the layers and nothing else, and an owner is offered no more.
    assert_eq!(listed("postgres", &schema), listed(&reader, &schema));
    let layers = ["counties", "grids", "towns", "villages", "voids"];
    assert_eq!(listed(&reader, &schema), layers.map(|l| format!("{l} (Multi Polygon)")));
    let grids =
        super::gdal::gdal("ogrinfo", &["-ro", "-al", "-so", &cluster.gdal(&reader, &schema), "grids"]);
    for due in ["Feature Count: 8", "code: String", "kind: String", "4490"] {
        assert!(grids.contains(due), "{due} in {grids}");
    }
    cluster.sql(&reader, &format!("SELECT fid, version FROM {schema}.about")).await.unwrap();
    for sql in [
        "SELECT 1 FROM S.unit_rows",
        "SELECT 1 FROM S.versions",
        "SELECT 1 FROM S.meta",
        "SELECT 1 FROM S.points",
        "SELECT 1 FROM S_private.people",
        "SELECT 1 FROM S_private.accounts",
        "SELECT 1 FROM S_private.audit",
        "UPDATE S.grids SET name = 'x'",
        "DELETE FROM S.grids",
        "SELECT S.set_layers('{}', '{}')",
        "SELECT S.apply_grants()",
    ] {
        let sql = sql.replace(" S.", &format!(" {schema}.")).replace(" S_", &format!(" {schema}_"));
        let error = cluster.sql(&reader, &sql).await.unwrap_err();
        assert!(is_denied(&error), "{sql}: {error}");
    }
    let refused = Store::open(&cluster.url(&reader, &schema), Mode::Existing).await.unwrap_err();
    assert!(matches!(refused, StoreError::Denied { .. }), "{refused}");
    // A server that is to be a reader is no server any more; a role that is gone is in nobody's way.
    owner.grant(&server, Admission::Reader).await.unwrap();
    assert!(store.replace_lines(&[]).await.is_err() && store.people().await.is_err());
    store.close().await;
    assert_eq!(listed(&server, &schema).len(), 5);
    cluster.sql("postgres", &format!("DROP OWNED BY {reader}; DROP ROLE {reader}")).await.unwrap();
    save(&owner, &odd()).await;
    let error = owner.grant(&reader, Admission::Reader).await.unwrap_err();
    assert!(error.to_string().contains("has no role"), "{error}");
}

#[tokio::test]
async fn synthetic_stands_in_the_layers_comments() {
    let (schema, _, store) = new_store().await;
    let settings =
        [("name", "射阳县"), ("synthetic", "true")].map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec();
    store.save(&wangge::store::NewVersion { settings, ..version(nine()) }).await.unwrap();
    let mut connection = Cluster::shared().connect("postgres").await;
    let query = "SELECT obj_description(($1 || '.grids')::regclass, 'pg_class')";
    let said: String = sqlx::query_scalar(query).bind(&schema).fetch_one(&mut connection).await.unwrap();
    assert_eq!(said, "射阳县 grids: synthetic, not survey data");
}

#[tokio::test]
async fn writers_wait_for_each_other_and_not_for_ever() {
    let (schema, url, store) = new_store().await;
    save(&store, &nine()).await;
    let other = Store::open(&url, Mode::Existing).await.unwrap();
    let (left, right) = (nine_drawn(&["abc"]), nine_drawn(&["adg"]));
    let (a, b) = tokio::join!(save(&store, &left), save(&other, &right));
    assert_eq!(a.version.number + b.version.number, 2 + 3);
    let mut holder = Cluster::shared().connect("postgres").await;
    let mut held = holder.begin().await.unwrap();
    let lock = format!("SELECT feed FROM {schema}.counters FOR UPDATE");
    sqlx::raw_sql(sqlx::AssertSqlSafe(lock)).execute(&mut *held).await.unwrap();
    let started = Instant::now();
    let busy = store.save(&version(nine())).await.unwrap_err();
    assert!(matches!(busy, StoreError::Busy { seconds: 10, .. }), "{busy}");
    assert!(started.elapsed() < Duration::from_secs(15));
    assert_eq!(store.load(3).await.unwrap().version.number, 3, "reads wait for nobody");
    held.rollback().await.unwrap();
    save(&store, &nine()).await;
}

#[tokio::test]
async fn an_export_does_not_hold_up_a_publish() {
    let (schema, _, store) = new_store().await;
    save(&store, &nine()).await;
    let mut holder = Cluster::shared().connect("postgres").await;
    let mut held = holder.begin().await.unwrap();
    let lock = format!("LOCK TABLE {schema}.lines IN ACCESS EXCLUSIVE MODE");
    sqlx::raw_sql(sqlx::AssertSqlSafe(lock)).execute(&mut *held).await.unwrap();
    let exports: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.lines().await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let started = Instant::now();
    save(&store, &odd()).await;
    assert_eq!(store.latest().await.unwrap(), Some(2));
    assert!(started.elapsed() < Duration::from_secs(25), "{:?}", started.elapsed());
    held.rollback().await.unwrap();
    for export in exports {
        let _ = export.await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_read() {
    let (schema, _, owner) = new_store().await;
    save(&owner, &nine()).await;
    let (cluster, role) = (Cluster::shared(), new_name());
    let make = format!("CREATE ROLE {role} LOGIN; ALTER ROLE {role} SET default_transaction_read_only = on");
    cluster.sql("postgres", &make).await.unwrap();
    owner.grant(&role, Admission::Server).await.unwrap();
    let store = Store::open(&cluster.url(&role, &schema), Mode::Existing).await.unwrap();
    assert_eq!(store.load(1).await.unwrap().partition.content_hash(), nine().content_hash());
    for error in [
        store.save(&version(odd())).await.unwrap_err(),
        store.replace_lines(&[]).await.unwrap_err(),
        store.replace_points(PointLayer::Places, &[]).await.unwrap_err(),
        store.replace_people(&[]).await.unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_database_that_goes_away_is_told_apart_and_comes_back() {
    let cluster = Cluster::start();
    let url = cluster.new_url();
    let store = Store::open(&url, Mode::Create).await.unwrap();
    save(&store, &nine()).await;
    let mut listener = store.listen().await.unwrap();
    cluster.pg_ctl(&["-m", "immediate", "stop"]);
    assert!(listener.next().await.is_err());
    let started = Instant::now();
    for error in [
        store.latest().await.unwrap_err(),
        store.load(1).await.unwrap_err(),
        store.listen().await.map(drop).unwrap_err(),
        Store::open(&url, Mode::Existing).await.map(drop).unwrap_err(),
        store.save(&version(odd())).await.unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    }
    assert!(started.elapsed() < Duration::from_secs(40), "{:?}", started.elapsed());
    cluster.pg_ctl(&["start"]);
    let started = Instant::now();
    assert_eq!(store.latest().await.unwrap(), Some(1));
    assert_eq!(save(&store, &odd()).await.version.number, 2);
    assert!(started.elapsed() < Duration::from_secs(25), "{:?}", started.elapsed());
    assert_eq!(store.verify().await.unwrap().unwrap().number, 2);
}

fn line(name: &str) -> LineFeature {
    let points = vec![wangge::crs::Point::new(1, 2), wangge::crs::Point::new(3, 4)];
    LineFeature { layer: "roads".to_owned(), kind: "trunk".to_owned(), name: name.to_owned(), points }
}

#[tokio::test]
async fn a_replica_answers_what_it_has_and_the_primary_the_rest() {
    let cluster = Cluster::shared();
    let (_, url, primary) = new_store().await;
    save(&primary, &nine()).await;
    primary.replace_lines(&[line("一")]).await.unwrap();
    // A replica that lags: the store as it was, with marks in it by which it can be told.
    let (schema, replica_url, replica) = new_store().await;
    let archive = primary.archive().await.unwrap();
    replica.restore(&archive, Some(&nine())).await.unwrap();
    let mark = format!("UPDATE {schema}.lines SET name = '副本'");
    cluster.sql("postgres", &mark).await.unwrap();
    save(&primary, &odd()).await;
    let both = Store::open_with_replica(&url, &replica_url, Mode::Existing).await.unwrap();
    assert_eq!(both.lines().await.unwrap(), [line("副本")], "read from the replica");
    assert_eq!(both.latest().await.unwrap(), Some(2));
    assert_eq!(both.load(2).await.unwrap().partition.content_hash(), odd().content_hash());
    primary.replace_lines(&[line("二")]).await.unwrap();
    assert_eq!(both.lines().await.unwrap(), [line("二")], "the replica's are old");
    assert_eq!(save(&both, &nine()).await.version.number, 3);
    assert_eq!(replica.latest().await.unwrap(), Some(1), "nothing is written to it");
    both.close().await;
    let away = "postgres://nobody@127.0.0.1:9/county";
    let file = Store::open_with_replica("county.gpkg", away, Mode::Existing).await.unwrap_err();
    assert!(matches!(file, StoreError::Address { .. }), "{file}");
}

#[tokio::test]
async fn a_replica_that_is_wrong_in_whatever_way_is_done_without_until_it_is_well() {
    let cluster = Cluster::shared();
    let (schema, url, primary) = new_store().await;
    save(&primary, &nine()).await;
    primary.replace_lines(&[line("一")]).await.unwrap();
    let (tampered, tampered_url, replica) = new_store().await;
    replica.restore(&primary.archive().await.unwrap(), Some(&nine())).await.unwrap();
    let change = format!("UPDATE {tampered}.unit_rows SET name = '副本' WHERE level = 'grid'");
    cluster.sql("postgres", &change).await.unwrap();
    // Another county that has a version of that number too.
    let (_, other_url, other) = new_store().await;
    save(&other, &odd()).await;
    let stranger = new_name();
    cluster.sql("postgres", &format!("CREATE ROLE {stranger} LOGIN")).await.unwrap();
    let right = cluster.url("postgres", &schema);
    for wrong in [
        "postgres://nobody@127.0.0.1:9/county".to_owned(),
        right.replace("/county?", "/no_such_database?"),
        cluster.url("postgres", "no_such_schema"),
        cluster.url("no_such_role", &schema),
        cluster.url(&stranger, &schema),
        right.replace("host=", "host=/no/such/folder"),
        tampered_url,
        other_url,
    ] {
        let both = Store::open_with_replica(&url, &wrong, Mode::Existing).await.unwrap();
        let loaded = both.load(1).await.unwrap();
        assert_eq!(loaded.partition.content_hash(), nine().content_hash(), "{wrong}");
        assert_eq!(both.lines().await.unwrap(), [line("一")], "{wrong}");
        assert_eq!(both.changes(1).await.unwrap(), primary.changes(1).await.unwrap(), "{wrong}");
        both.close().await;
    }
}

#[tokio::test]
async fn a_write_waits_for_the_disk_and_for_a_synchronous_standby_whatever_the_role_is_set_to() {
    let (schema, _, owner) = new_store().await;
    let cluster = Cluster::shared();
    for (set, due) in
        [("off", "on"), ("local", "on"), ("remote_write", "remote_write"), ("remote_apply", "remote_apply")]
    {
        let role = new_name();
        let make = format!("CREATE ROLE {role} LOGIN; ALTER ROLE {role} SET synchronous_commit = {set}");
        cluster.sql("postgres", &make).await.unwrap();
        owner.grant(&role, Admission::Server).await.unwrap();
        // What a write ran under, told by a trigger on what it writes.
        let noted = new_name();
        let watch = format!(
            "CREATE TABLE public.{noted} (value text);
             GRANT INSERT ON public.{noted} TO {role};
             CREATE FUNCTION public.{noted}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               INSERT INTO public.{noted} VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
             CREATE TRIGGER {noted} AFTER INSERT ON {schema}.versions FOR EACH ROW EXECUTE FUNCTION public.{noted}()"
        );
        cluster.sql("postgres", &watch).await.unwrap();
        let server = Store::open(&cluster.url(&role, &schema), Mode::Existing).await.unwrap();
        let next = if set == "off" || set == "remote_write" { nine() } else { odd() };
        save(&server, &next).await;
        server.close().await;
        let query = format!("SELECT value FROM public.{noted}");
        let mut connection = cluster.connect("postgres").await;
        let held: String =
            sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
        assert_eq!(held, due, "{set}");
        let end = format!("DROP TRIGGER {noted} ON {schema}.versions");
        cluster.sql("postgres", &end).await.unwrap();
    }
}

#[tokio::test]
async fn a_failure_is_told_in_the_databases_words_and_advice_only_where_it_helps() {
    let (schema, _, _) = new_store().await;
    let cluster = Cluster::shared();
    let unknown = Store::open(&cluster.url("no_such_role", &schema), Mode::Existing).await.unwrap_err();
    assert!(matches!(unknown, StoreError::Stranger { .. }), "{unknown}");
    assert!(unknown.to_string().ends_with("role \"no_such_role\" does not exist"), "{unknown}");
    let missing = cluster.url("postgres", &schema).replace("/county?", "/no_such_database?");
    let missing = Store::open(&missing, Mode::Existing).await.unwrap_err().to_string();
    assert!(missing.ends_with("database \"no_such_database\" does not exist"), "{missing}");
}

#[tokio::test]
async fn a_text_that_the_database_cannot_keep_is_refused() {
    let (_, _, store) = new_store().await;
    save(&store, &nine()).await;
    let named = changed(&nine(), |u| u.name.push('\0'));
    let error = store.save(&version(named)).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error}");
    assert_eq!(store.latest().await.unwrap(), Some(1));
}

#[test]
fn a_cluster_leaves_nothing_behind() {
    let cluster = Cluster::start();
    let url = cluster.new_url();
    let dir = url.split_once("host=").unwrap().1.split_once('&').unwrap().0.to_owned();
    assert!(std::path::Path::new(&dir).exists());
    drop(cluster);
    assert!(!std::path::Path::new(&dir).exists());
    let left = Command::new("pgrep").args(["-f", &dir]).output().unwrap();
    assert!(left.stdout.is_empty(), "{}", String::from_utf8_lossy(&left.stdout));
}
