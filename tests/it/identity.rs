//! Who calls: signing in, accounts within what one administers, keys, and what the log has of all of it. On both kinds
//! of store.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use wangge::access::audit::Head;
use wangge::access::{Area, Grant, Password, Permission, Role, Scope, Secret, SecretKind, Who};
use wangge::app::Error;
use wangge::app::identity::{
    AccountChange, AccountRequest, Credentials, Identity, KeyRequest, Owner, SessionLimits, SignedIn,
};
use wangge::store::{Mode, NewVersion, Standing, Store, Uids};
use wangge::unit::Code;

use crate::fixture::nine;

const PASSWORD: &str = "grau-Wal-7-Ufer";
const OTHER: &str = "blau-Hai-8-Insel";
const TOWN: &str = "320924101";

/// Runs each function over a store of each kind that holds the nine-square county.
macro_rules! on_both {
    ($($name:ident;)*) => {
        mod geopackage {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
                let dir = tempfile::tempdir().unwrap();
                super::$name(&crate::identity::filled(&dir.path().join("store.gpkg").display().to_string()).await).await;
            })*
        }
        mod postgis {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
                super::$name(&crate::identity::filled(&crate::cluster::Cluster::shared().new_url()).await).await;
            })*
        }
    };
}

mod vouched;

on_both! {
    who_signs_in_is_known_by_the_session_until_it_ends;
    a_wrong_name_and_a_wrong_password_are_one_answer;
    tries_are_counted_over_two_servers;
    a_session_ends_unused_and_in_any_case;
    a_password_is_changed_set_and_set_by_a_link;
    an_administrator_of_a_town_manages_what_lies_in_it;
    the_last_administrator_stays;
    a_key_does_what_its_owner_may_and_no_more;
    a_token_reads_the_map_for_its_origins;
    who_is_not_allowed_is_refused_and_recorded;
    what_this_server_changes_holds_at_once_and_elsewhere_soon;
}

async fn filled(url: &str) -> Store {
    let store = Store::open(url, Mode::Create).await.unwrap();
    let new = NewVersion {
        partition: nine().into(),
        uids: Uids::ByCode,
        base: None,
        effective_from: jiff::civil::date(2026, 11, 1),
        author: String::new(),
        note: String::new(),
        document: String::new(),
        plan: None,
        changes: None,
        settings: vec![("name".to_owned(), "射阳县".to_owned())],
    };
    store.save(&new).await.unwrap();
    store
}

fn identity(store: &Store) -> Identity {
    Identity::new(store.clone(), SessionLimits::default())
}

fn operator() -> Scope {
    Scope::operator("张三")
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn grant(role: Role, code: &str) -> Grant {
    Grant::new(role, if code.is_empty() { Area::WHOLE } else { Area(Some(Code::new(code).unwrap())) })
}

async fn add(identity: &Identity, name: &str, grants: Vec<Grant>) {
    let (name, display_name, password) = (name.to_owned(), String::new(), Some(password(PASSWORD)));
    let request = AccountRequest { name, display_name, password, grants };
    identity.add_account(&operator(), request).await.unwrap();
}

/// From where everybody calls.
const ADDRESS: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 7)));

async fn sign_in_with(identity: &Identity, name: &str, typed: &str) -> Result<SignedIn, Error> {
    let credentials =
        Credentials { name: name.to_owned(), password: password(typed), agent: "Firefox".into() };
    identity.sign_in(&Scope::nobody().from_address(ADDRESS), credentials).await
}

async fn sign_in(identity: &Identity, name: &str) -> (Secret, Scope) {
    let signed_in = sign_in_with(identity, name, PASSWORD).await.unwrap();
    let scope = identity.scope_of_session(&signed_in.session, ADDRESS).await.unwrap().unwrap();
    (signed_in.session, scope)
}

async fn holds(identity: &Identity, session: &Secret) -> bool {
    identity.scope_of_session(session, ADDRESS).await.unwrap().is_some()
}

/// What the log says, as `who action target outcome`; it is whole.
async fn log(store: &Store) -> Vec<String> {
    let verified = identity(store).verify_audit(&operator(), None).await.unwrap();
    assert_eq!(verified, Ok(store.audit_head().await.unwrap()));
    let records = store.audit(0, 1000).await.unwrap();
    records.iter().map(|r| format!("{} {} {} {}", r.who, r.action, r.target, r.outcome)).collect()
}

async fn who_signs_in_is_known_by_the_session_until_it_ends(store: &Store) {
    let identity = identity(store);
    let first = identity.add_first_administrator(&operator(), "ZhangSan", password(PASSWORD)).await.unwrap();
    assert_eq!(first.grants, [grant(Role::Administrator, "")]);
    let again = identity.add_first_administrator(&operator(), "lisi", password(PASSWORD)).await.unwrap_err();
    assert!(matches!(again, Error::Conflict(_)), "{again}");
    assert!(identity.has_administrator().await.unwrap());
    let (session, scope) = sign_in(&identity, "zhangsan").await;
    assert!(matches!(scope.who(), Who::Account(id, name) if *id == first.id && **name == *"ZhangSan"));
    assert_eq!((scope.address(), scope.grants()), (ADDRESS, &first.grants[..]));
    assert_eq!(identity.me(&scope).await.unwrap(), Some(first));
    let (second, _) = sign_in(&identity, "ZHANGSAN").await;
    let sessions = identity.sessions(&scope).await.unwrap();
    assert_eq!(
        (sessions.len(), sessions[0].agent.as_str(), sessions[0].address.as_str()),
        (2, "Firefox", "10.0.0.7")
    );
    identity.sign_out(&scope, &session).await.unwrap();
    assert!(!holds(&identity, &session).await && holds(&identity, &second).await);
    let scope = identity.scope_of_session(&second, None).await.unwrap().unwrap();
    let wrong = identity.sign_out(&scope, &session).await.unwrap_err();
    assert!(matches!(wrong, Error::Unknown(_)), "another's session is not this caller's to end");
    let (third, _) = sign_in(&identity, "zhangsan").await;
    identity.end_session(&scope, &third.digest().id()).await.unwrap();
    assert!(!holds(&identity, &third).await && holds(&identity, &second).await);
    let next = identity.rotate(&scope, &second).await.unwrap();
    assert!(
        holds(&identity, &next.session).await && holds(&identity, &second).await,
        "requests under way go on"
    );
    identity.sign_out_everywhere(&scope).await.unwrap();
    assert!(!holds(&identity, &next.session).await && !holds(&identity, &second).await);
    let stranger = Secret::new(SecretKind::Session, [9; 32]);
    let kind = Secret::new(SecretKind::Key, [9; 32]);
    assert!(!holds(&identity, &stranger).await && !holds(&identity, &kind).await);
    let log = log(store).await;
    assert_eq!(
        log[..4],
        [
            "operator:张三 account.create account:ZhangSan done",
            "operator:张三 account.create account:lisi refused",
            "account:ZhangSan session.begin account:ZhangSan done",
            "account:ZhangSan session.begin account:ZhangSan done",
        ]
    );
    assert_eq!(log.last().unwrap(), "account:ZhangSan session.end-all account:ZhangSan done");
}

async fn a_wrong_name_and_a_wrong_password_are_one_answer(store: &Store) {
    let identity = identity(store);
    add(&identity, "zhangsan", vec![grant(Role::Viewer, "")]).await;
    add(&identity, "gone", vec![grant(Role::Viewer, "")]).await;
    identity.set_standing(&operator(), "gone", Standing::Disabled).await.unwrap();
    let mut answers = Vec::new();
    for (name, typed) in [
        ("zhangsan", OTHER),
        ("nobody", OTHER),
        ("gone", PASSWORD),
        ("hunter2-typed-here", ""),
        ("zhangsan", &*"x".repeat(9999)),
    ] {
        let error = sign_in_with(&identity, name, typed).await.unwrap_err();
        assert!(matches!(error, Error::Unknown(_)), "{error}");
        answers.push(error.to_string());
    }
    answers.dedup();
    assert_eq!(answers, ["the name or the password is wrong"]);
    let log = log(store).await.join("\n");
    assert!(log.contains("nobody session.begin account:zhangsan refused"), "{log}");
    assert!(!log.contains("hunter2"), "what is no account's name may be a password: {log}");
}

async fn tries_are_counted_over_two_servers(store: &Store) {
    let servers = [identity(store), identity(store)];
    add(&servers[0], "zhangsan", vec![grant(Role::Viewer, "")]).await;
    let guesses: Vec<_> = (0..60)
        .map(|n: usize| {
            let server = servers[n % 2].clone();
            tokio::spawn(async move {
                sign_in_with(&server, "zhangsan", &format!("guess {n}")).await.unwrap_err()
            })
        })
        .collect();
    let (mut answered, mut limited) = (0, 0);
    for guess in guesses {
        match guess.await.unwrap() {
            Error::Unknown(_) => answered += 1,
            Error::Limited { seconds, .. } => {
                assert!((1..=5).contains(&seconds), "{seconds}");
                limited += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!((answered, limited), (5, 55));
    let right = sign_in_with(&servers[1], "ZhangSan", PASSWORD).await.unwrap_err();
    assert!(matches!(right, Error::Limited { .. }), "the right one gets no answer either");
    let refused = log(store).await.iter().filter(|l| l.contains("session.begin")).count();
    assert_eq!(refused, 6, "five answers, and one record for all that were turned away");
    servers[0].set_standing(&operator(), "zhangsan", Standing::Enabled).await.unwrap();
    sign_in(&servers[1], "zhangsan").await;
    // Tries that succeed do not count.
    for _ in 0..7 {
        sign_in(&servers[0], "zhangsan").await;
    }
}

async fn a_session_ends_unused_and_in_any_case(store: &Store) {
    add(&identity(store), "zhangsan", vec![grant(Role::Viewer, "")]).await;
    let limits = |idle: u64, absolute: u64| SessionLimits {
        rotation: Duration::from_hours(1),
        idle: Duration::from_millis(idle),
        absolute: Duration::from_millis(absolute),
    };
    for limits in [limits(300, 60_000), limits(60_000, 300)] {
        let identity = Identity::new(store.clone(), limits);
        let signed_in = sign_in_with(&identity, "zhangsan", PASSWORD).await.unwrap();
        let start = Instant::now();
        while holds(&identity, &signed_in.session).await {
            assert!(start.elapsed() < Duration::from_secs(30), "it should have ended by now");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(start.elapsed() >= Duration::from_millis(200), "{:?}", start.elapsed());
    }
}

async fn a_password_is_changed_set_and_set_by_a_link(store: &Store) {
    let identity = identity(store);
    add(&identity, "zhangsan", vec![grant(Role::Viewer, "")]).await;
    let (session, scope) = sign_in(&identity, "zhangsan").await;
    let (elsewhere, _) = sign_in(&identity, "zhangsan").await;
    let change = async |old: &str, new: &str| {
        identity.change_password(&scope, &session, password(old), password(new)).await
    };
    assert!(matches!(change(OTHER, OTHER).await.unwrap_err(), Error::Forbidden(_)));
    for weak in ["short", "zhangsan2026!", "射阳县1234567", "woaini1314"] {
        assert!(
            matches!(change(PASSWORD, weak).await.unwrap_err(), Error::Bad { field: "password", .. }),
            "{weak}"
        );
    }
    let next = change(PASSWORD, OTHER).await.unwrap();
    assert!(holds(&identity, &next.session).await);
    assert!(!holds(&identity, &session).await && !holds(&identity, &elsewhere).await);
    assert!(sign_in_with(&identity, "zhangsan", PASSWORD).await.is_err());
    assert!(sign_in_with(&identity, "zhangsan", OTHER).await.is_ok());

    identity.set_password(&operator(), "zhangsan", password(PASSWORD)).await.unwrap();
    assert!(
        !holds(&identity, &next.session).await && sign_in_with(&identity, "zhangsan", OTHER).await.is_err()
    );

    let old = identity.invite(&operator(), "zhangsan").await.unwrap();
    let link = identity.invite(&operator(), "zhangsan").await.unwrap();
    let redeem =
        async |link: &Secret, new: &str| identity.redeem(&Scope::nobody(), link, password(new)).await;
    assert!(matches!(redeem(&old, OTHER).await.unwrap_err(), Error::Unknown(_)));
    assert!(matches!(redeem(&link, "short").await.unwrap_err(), Error::Bad { .. }));
    assert_eq!(redeem(&link, OTHER).await.unwrap(), "zhangsan");
    assert!(matches!(redeem(&link, PASSWORD).await.unwrap_err(), Error::Unknown(_)), "it works once");
    assert!(sign_in_with(&identity, "zhangsan", OTHER).await.is_ok());
    let drawn = Identity::draw_password().unwrap();
    assert_eq!(password(&drawn).check(&[]), Ok(()), "{drawn}");
}

async fn an_administrator_of_a_town_manages_what_lies_in_it(store: &Store) {
    let identity = identity(store);
    let other = "320924102";
    add(&identity, "county", vec![grant(Role::Administrator, "")]).await;
    add(&identity, "town", vec![grant(Role::Administrator, TOWN)]).await;
    add(&identity, "worker", vec![grant(Role::GridWorker, "320924101001")]).await;
    add(&identity, "other", vec![grant(Role::GridWorker, other)]).await;
    add(&identity, "both", vec![grant(Role::Viewer, TOWN), grant(Role::Viewer, other)]).await;
    let (_, town) = sign_in(&identity, "town").await;
    let names = |accounts: Vec<wangge::app::identity::AccountView>| -> Vec<String> {
        accounts.into_iter().map(|a| a.name).collect()
    };
    assert_eq!(names(identity.accounts(&town).await.unwrap()), ["town", "worker"]);
    identity.set_grants(&town, "worker", vec![grant(Role::Planner, TOWN)]).await.unwrap();
    identity.set_standing(&town, "worker", Standing::Disabled).await.unwrap();
    let name = AccountChange { display_name: Some("王五".into()), ..AccountChange::default() };
    identity.change_account(&town, "worker", name).await.unwrap();
    // All of a change or nothing.
    let wide = AccountChange {
        display_name: Some("赵六".into()),
        grants: Some(vec![grant(Role::Viewer, other)]),
        standing: Some(Standing::Enabled),
    };
    let refused = identity.change_account(&town, "worker", wide).await.unwrap_err();
    assert!(matches!(refused, Error::Forbidden(_)), "{refused}");
    let worker = identity.accounts(&town).await.unwrap().pop().unwrap();
    assert_eq!((worker.display_name.as_str(), worker.disabled), ("王五", true));
    assert_eq!(worker.grants, [grant(Role::Planner, TOWN)]);
    for name in ["other", "both", "county", "missing"] {
        let refused = [
            identity.set_grants(&town, name, vec![grant(Role::Viewer, TOWN)]).await.unwrap_err(),
            identity.set_standing(&town, name, Standing::Disabled).await.unwrap_err(),
            identity.set_password(&town, name, password(OTHER)).await.unwrap_err(),
            identity.invite(&town, name).await.map(drop).unwrap_err(),
            identity.end_sessions_of(&town, name).await.unwrap_err(),
        ];
        for error in refused {
            assert!(matches!(error, Error::Missing(_)), "{name}: {error}");
        }
    }
    let new = |name: &str, grants| AccountRequest {
        name: name.into(),
        display_name: String::new(),
        password: None,
        grants,
    };
    for wide in [
        vec![grant(Role::Viewer, "")],
        vec![grant(Role::Viewer, other)],
        vec![],
        vec![grant(Role::Auditor, "")],
    ] {
        let error = identity.add_account(&town, new("new", wide)).await.unwrap_err();
        assert!(matches!(error, Error::Forbidden(_)), "{error}");
    }
    let made = identity
        .add_account(&town, new("new", vec![grant(Role::Administrator, "320924101001")]))
        .await
        .unwrap();
    assert!(!made.has_password);
    let error = identity.add_account(&town, new("OTHER", vec![grant(Role::Viewer, TOWN)])).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "a name is taken wherever it is: {error}");
    let both = vec![grant(Role::Administrator, TOWN), grant(Role::Auditor, "")];
    assert!(matches!(identity.set_grants(&operator(), "town", both).await.unwrap_err(), Error::Bad { .. }));
    let log = log(store).await;
    assert!(log.contains(&"account:town account.disable account:other refused".to_owned()), "{log:?}");
}

async fn the_last_administrator_stays(store: &Store) {
    let identity = identity(store);
    add(&identity, "first", vec![grant(Role::Administrator, "")]).await;
    add(&identity, "town", vec![grant(Role::Administrator, TOWN)]).await;
    let alone = identity.set_standing(&operator(), "first", Standing::Disabled).await.unwrap_err();
    assert!(matches!(alone, Error::Conflict(_)), "{alone}");
    let alone =
        identity.set_grants(&operator(), "first", vec![grant(Role::Administrator, TOWN)]).await.unwrap_err();
    assert!(matches!(alone, Error::Conflict(_)), "{alone}");
    add(&identity, "second", vec![grant(Role::Administrator, "")]).await;
    // Both at once, each seen to be the other's rest: one of them is told.
    let (one, two) = (operator(), operator());
    let (first, second) = tokio::join!(
        identity.set_standing(&one, "first", Standing::Disabled),
        identity.set_standing(&two, "second", Standing::Disabled)
    );
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    assert!(identity.has_administrator().await.unwrap());
}

async fn a_key_does_what_its_owner_may_and_no_more(store: &Store) {
    let identity = identity(store);
    add(&identity, "zhangsan", vec![grant(Role::GridWorker, TOWN), grant(Role::Planner, TOWN)]).await;
    let (_, scope) = sign_in(&identity, "zhangsan").await;
    let api = |owner: Owner, grants: Vec<Grant>| KeyRequest::Api {
        name: "QGIS".into(),
        owner,
        grants,
        expires: None,
    };
    for wide in [grant(Role::GridWorker, ""), grant(Role::Dispatcher, TOWN)] {
        let error = identity.create_key(&scope, api(Owner::Own, vec![wide])).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::Forbidden(_)), "{error}");
    }
    let (key, secret) = identity
        .create_key(&scope, api(Owner::Own, vec![grant(Role::GridWorker, "320924101001")]))
        .await
        .unwrap();
    assert_eq!((key.owner.as_deref(), key.used), (Some("zhangsan"), None));
    let known = async |secret: &Secret| identity.scope_of_key(secret, None, ADDRESS).await.unwrap();
    let caller = known(&secret).await.unwrap();
    let code = |text| Code::new(text).unwrap();
    assert!(caller.covers(Permission::ReadPeople, &code("320924101001001")));
    assert!(
        !caller.covers(Permission::ReadPeople, &code("320924101002")) && !caller.has(Permission::DraftPlans)
    );
    let error = identity.create_key(&caller, api(Owner::Own, vec![])).await.map(drop).unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "a key makes no keys: {error}");
    assert!(identity.keys(&scope).await.unwrap()[0].used.is_some());
    // What the owner loses the key loses.
    identity.set_grants(&operator(), "zhangsan", vec![grant(Role::Planner, TOWN)]).await.unwrap();
    assert!(!known(&secret).await.unwrap().has(Permission::ReadPeople));
    identity.set_standing(&operator(), "zhangsan", Standing::Disabled).await.unwrap();
    assert!(known(&secret).await.is_none());
    identity.set_standing(&operator(), "zhangsan", Standing::Enabled).await.unwrap();
    assert!(known(&secret).await.is_some());
    let (_, scope) = sign_in(&identity, "zhangsan").await;
    identity.revoke_key(&scope, key.id).await.unwrap();
    assert!(known(&secret).await.is_none());
    // Machines' keys are administrators' business, and nobody else sees them.
    let machine = api(Owner::Machine, vec![grant(Role::Dispatcher, TOWN)]);
    assert!(matches!(
        identity.create_key(&scope, machine.clone()).await.map(drop).unwrap_err(),
        Error::Forbidden(_)
    ));
    let (machine, secret) = identity.create_key(&operator(), machine).await.unwrap();
    let caller = known(&secret).await.unwrap();
    assert!(
        matches!(caller.who(), Who::Machine(name) if **name == *"QGIS") && caller.has(Permission::Export)
    );
    assert!(identity.keys(&scope).await.unwrap().iter().all(|k| k.id != machine.id));
    assert!(matches!(identity.revoke_key(&scope, machine.id).await.unwrap_err(), Error::Missing(_)));
    let past = KeyRequest::Api {
        name: "x".into(),
        owner: Owner::Machine,
        grants: vec![],
        expires: Some(Timestamp::now() - 1.second()),
    };
    assert!(matches!(
        identity.create_key(&operator(), past).await.map(drop).unwrap_err(),
        Error::Bad { field: "expires", .. }
    ));
    let soon = Timestamp::now() + 400.milliseconds();
    let soon =
        KeyRequest::Api { name: "x".into(), owner: Owner::Machine, grants: vec![], expires: Some(soon) };
    let (_, secret) = identity.create_key(&operator(), soon).await.unwrap();
    let start = Instant::now();
    while known(&secret).await.is_some() {
        assert!(start.elapsed() < Duration::from_secs(30), "it should have ended by now");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn a_token_reads_the_map_for_its_origins(store: &Store) {
    let identity = identity(store);
    add(&identity, "town", vec![grant(Role::Administrator, TOWN)]).await;
    let (_, town) = sign_in(&identity, "town").await;
    let page = |code: &str, origins: &[&str]| KeyRequest::Page {
        name: "portal".into(),
        area: grant(Role::Viewer, code).area,
        origins: origins.iter().map(|o| (*o).to_owned()).collect(),
        expires: Timestamp::now() + 24.hours(),
    };
    let error = identity.create_key(&town, page("", &["https://a.example"])).await.map(drop).unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "{error}");
    for origins in
        [&[][..], &["a.example"], &["https://A.example"], &["https://a.example/"], &["*"], &["null"]]
    {
        let error = identity.create_key(&town, page(TOWN, origins)).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::Bad { field: "origins", .. }), "{origins:?}: {error}");
    }
    let (_, token) = identity
        .create_key(&town, page(TOWN, &["https://a.example", "http://localhost:5173"]))
        .await
        .unwrap();
    for (origin, known) in [
        (Some("https://a.example"), true),
        (Some("http://localhost:5173"), true),
        (Some("https://a.example.org"), false),
        (Some("http://a.example"), false),
        (None, false),
    ] {
        let scope = identity.scope_of_key(&token, origin, None).await.unwrap();
        assert_eq!(scope.is_some(), known, "{origin:?}");
        if let Some(scope) = scope {
            let may: Vec<_> = Permission::ALL.into_iter().filter(|p| scope.has(*p)).collect();
            assert_eq!(may, [Permission::Public, Permission::ReadMap]);
        }
    }
}

async fn who_is_not_allowed_is_refused_and_recorded(store: &Store) {
    let identity = identity(store);
    add(&identity, "zhangsan", vec![grant(Role::Viewer, "")]).await;
    add(&identity, "auditor", vec![grant(Role::Auditor, "")]).await;
    add(&identity, "admin", vec![grant(Role::Administrator, "")]).await;
    let (_, viewer) = sign_in(&identity, "zhangsan").await;
    let (_, admin) = sign_in(&identity, "admin").await;
    for scope in [&viewer, &admin] {
        assert!(matches!(identity.audit(scope, None, 10).await.unwrap_err(), Error::Forbidden(_)));
        assert!(matches!(identity.verify_audit(scope, None).await.unwrap_err(), Error::Forbidden(_)));
    }
    assert!(matches!(identity.accounts(&viewer).await.unwrap_err(), Error::Forbidden(_)));
    let before = store.audit_head().await.unwrap();
    assert!(matches!(identity.accounts(&Scope::nobody()).await.unwrap_err(), Error::Unknown(_)));
    assert!(matches!(identity.accounts(&Scope::open()).await.unwrap_err(), Error::Forbidden(_)));
    assert_eq!(store.audit_head().await.unwrap(), before, "whoever is unknown fills no log");
    let (_, auditor) = sign_in(&identity, "auditor").await;
    let records = identity.audit(&auditor, None, 3).await.unwrap();
    assert_eq!(records[1].action, "account.list");
    assert_eq!((records[1].outcome.as_str(), records[1].from.as_str()), ("refused", "10.0.0.7"));
    let head: Head = identity.audit_exported(&auditor).await.unwrap();
    assert_eq!(identity.verify_audit(&auditor, Some(head)).await.unwrap().unwrap().seq, head.seq + 1);
    assert_eq!(identity.audit_after(&auditor, head.seq, 9).await.unwrap()[0].action, "audit.export");
}

async fn what_this_server_changes_holds_at_once_and_elsewhere_soon(store: &Store) {
    let servers = [identity(store), identity(store)];
    add(&servers[0], "zhangsan", vec![grant(Role::GridWorker, "")]).await;
    let (session, scope) = sign_in(&servers[0], "zhangsan").await;
    assert!(scope.has(Permission::ReadPeople) && holds(&servers[1], &session).await);
    servers[0].set_grants(&operator(), "zhangsan", vec![grant(Role::Viewer, "")]).await.unwrap();
    let scope = servers[0].scope_of_session(&session, None).await.unwrap().unwrap();
    assert!(!scope.has(Permission::ReadPeople), "at once");
    servers[0].end_sessions_of(&operator(), "zhangsan").await.unwrap();
    assert!(!holds(&servers[0], &session).await, "at once");
    let start = Instant::now();
    while holds(&servers[1], &session).await {
        assert!(start.elapsed() < Duration::from_secs(30), "known for longer than it may be");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
