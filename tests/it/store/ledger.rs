//! Accounts, sessions, keys, tries and the log, on both kinds of store; and what nobody may do to the log.

use jiff::{Timestamp, ToSpan};
use sqlx::{Connection, SqliteConnection};
use wangge::access::audit::{Event, Head, Outcome, verify};
use wangge::access::lockout::Counted;
use wangge::access::{AccountId, Area, Digest, Grant, KeyId, Name, PasswordHash, Role, Subject};
use wangge::store::{
    Account, Edit, KeyKind, Ledger, Mode, NewAccount, NewAttachment, NewKey, Place, Session, Standing, Store,
    StoreError,
};

use super::{code, save, two_versions};
use crate::cluster::Cluster;
use crate::fixture::nine;

contract! {
    a_store_without_accounts_has_none_and_an_empty_log;
    an_account_comes_back_as_it_was_made_and_changed;
    a_change_and_its_record_are_one;
    a_session_is_found_used_and_ended;
    a_key_is_found_with_its_owner;
    a_link_holds_until_it_does_not;
    an_account_of_single_sign_on_is_one_for_each_subject_and_has_no_password;
    a_try_takes_its_place_before_the_password_is_looked_at;
    the_log_goes_on_without_a_gap;
}

fn event(action: &str) -> Event {
    Event {
        who: "operator:张三".to_owned(),
        via: "command".to_owned(),
        from: String::new(),
        action: action.to_owned(),
        target: "account:x".to_owned(),
        outcome: Outcome::Done,
        before: String::new(),
        after: r#"{"名":"值"}"#.to_owned(),
    }
}

fn new(name: &str) -> NewAccount {
    NewAccount {
        name: Name::new(name).unwrap(),
        display_name: "张三".to_owned(),
        password: Some(PasswordHash::kept("$argon2id$x".to_owned())),
        grants: vec![
            Grant::new(Role::Planner, Area(Some(code("320924100")))),
            Grant::new(Role::Viewer, Area::WHOLE),
        ],
        subject: None,
    }
}

/// Somebody whom a provider vouches for.
fn vouched(name: &str, id: &str) -> NewAccount {
    let subject = Some(Subject { issuer: "https://sso.example".to_owned(), id: id.to_owned() });
    NewAccount { password: None, subject, ..new(name) }
}

async fn edit(store: &Store, edits: Vec<Edit>) -> Head {
    store.edit_directory(edits, event("test"), None).await.unwrap().unwrap()
}

async fn add(store: &Store, name: &str) -> Account {
    edit(store, vec![Edit::AddAccount(new(name))]).await;
    store.account_named(&name.to_lowercase()).await.unwrap().unwrap()
}

fn digest(n: u8) -> Digest {
    Digest([n; 32])
}

fn now() -> Timestamp {
    Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap()
}

fn session(n: u8, account: AccountId) -> Session {
    let created = now();
    let (address, agent) = ("10.0.0.1".to_owned(), "Firefox 这".to_owned());
    Session {
        digest: digest(n),
        account,
        created,
        seen: created,
        expires: created + 12.hours(),
        address,
        agent,
    }
}

fn new_key(n: u8, account: Option<AccountId>) -> NewKey {
    NewKey {
        kind: if account.is_some() { KeyKind::Api } else { KeyKind::Page },
        digest: digest(n),
        shown: format!("wk_{n:08}"),
        name: "QGIS".to_owned(),
        account,
        grants: vec![Grant::new(Role::Viewer, Area::WHOLE)],
        origins: vec!["https://a.example".to_owned()],
        expires: account.map(|_| now() + 1.hour()),
    }
}

/// Three accounts, one of them of single sign-on, two keys, and their records.
pub async fn fill(store: &Store) {
    for name in ["zhangsan", "李四"] {
        add(store, name).await;
    }
    edit(store, vec![Edit::AddAccount(vouched("Wang.Wu", "王五"))]).await;
    let [first, second] = [new_key(1, Some(AccountId(1))), new_key(2, None)];
    edit(store, vec![Edit::AddKey(first), Edit::AddKey(second), Edit::RevokeKey(KeyId(2))]).await;
    edit(store, vec![Edit::SetStanding(AccountId(2), Standing::Disabled)]).await;
}

async fn a_store_without_accounts_has_none_and_an_empty_log(store: &Store) {
    assert_eq!(store.directory().await.unwrap(), wangge::store::Directory::default());
    assert_eq!(store.account_named("x").await.unwrap(), None);
    assert_eq!(store.session(digest(1)).await.unwrap(), None);
    assert_eq!(store.key(digest(1)).await.unwrap(), None);
    assert_eq!(store.audit_head().await.unwrap(), Head::EMPTY);
    assert_eq!(store.audit(0, 10).await.unwrap(), []);
    assert!(store.is_empty().await.unwrap());
    store.record(event("x")).await.unwrap();
    assert!(!store.is_empty().await.unwrap(), "a log is something");
}

async fn an_account_comes_back_as_it_was_made_and_changed(store: &Store) {
    save(store, &nine()).await;
    let made = add(store, "ZhangSan").await;
    assert_eq!((made.id, made.name.as_str(), made.disabled), (AccountId(1), "ZhangSan", false));
    assert_eq!((&made.grants, &made.password), (&new("x").grants, &new("x").password));
    let revision = store.directory().await.unwrap().revision;
    let hash = Some(PasswordHash::kept("$other".to_owned()));
    let edits = vec![
        Edit::SetPassword(made.id, hash.clone()),
        Edit::SetGrants(made.id, vec![]),
        Edit::SetStanding(made.id, Standing::Disabled),
        Edit::SetDisplayName(made.id, "李四".to_owned()),
    ];
    edit(store, edits).await;
    let directory = store.directory().await.unwrap();
    assert_eq!((directory.revision, directory.accounts.len()), (revision + 1, 1));
    let changed = &directory.accounts[0];
    assert_eq!((&changed.password, &changed.grants, changed.disabled), (&hash, &vec![], true));
    assert_eq!((changed.display_name.as_str(), changed.created), ("李四", made.created));
    edit(store, vec![Edit::SetPassword(made.id, None)]).await;
    assert_eq!(store.account_named("zhangsan").await.unwrap().unwrap().password, None);
    assert!(!format!("{made:?}").contains("argon2"));
}

async fn a_change_and_its_record_are_one(store: &Store) {
    add(store, "zhangsan").await;
    let (before, head) = (store.directory().await.unwrap(), store.audit_head().await.unwrap());
    // The second of two edits fails: neither is done, and nothing is said to have been.
    let edits = vec![Edit::SetDisplayName(AccountId(1), "x".to_owned()), Edit::AddAccount(new("ZHANGSAN"))];
    store.edit_directory(edits, event("x"), None).await.unwrap_err();
    let late = vec![Edit::AddAccount(new("other"))];
    let moved = store.edit_directory(late, event("x"), Some(before.revision - 1)).await.unwrap();
    assert_eq!(moved, None, "somebody was faster");
    assert_eq!((store.directory().await.unwrap(), store.audit_head().await.unwrap()), (before.clone(), head));
    let done =
        store.edit_directory(vec![Edit::AddAccount(new("other"))], event("x"), Some(before.revision)).await;
    assert_eq!(done.unwrap().unwrap().seq, head.seq + 1);
    assert_eq!(store.directory().await.unwrap().accounts[1].id, AccountId(2));
}

async fn a_session_is_found_used_and_ended(store: &Store) {
    let account = add(store, "zhangsan").await;
    let revision = store.directory().await.unwrap().revision;
    let sessions: Vec<Session> = (1..=3).map(|n| session(n, account.id)).collect();
    for session in &sessions {
        edit(store, vec![Edit::AddSession(session.clone())]).await;
    }
    assert_eq!(store.session(digest(2)).await.unwrap(), Some((sessions[1].clone(), account.clone())));
    let later = now() + 5.minutes();
    store.touch_session(digest(2), later, "10.0.0.2").await.unwrap();
    let (found, _) = store.session(digest(2)).await.unwrap().unwrap();
    assert_eq!((found.seen, found.address.as_str()), (later, "10.0.0.2"));
    edit(store, vec![Edit::EndSession(digest(1), now())]).await;
    let over = async |n| store.session(digest(n)).await.unwrap().unwrap().0.expires <= now();
    assert!(over(1).await && !over(2).await);
    edit(store, vec![Edit::EndSessions(account.id, Some(digest(3)))]).await;
    assert!(over(2).await && !over(3).await);
    edit(store, vec![Edit::EndSessions(account.id, None)]).await;
    assert!(over(3).await);
    assert_eq!(store.sessions(account.id).await.unwrap().len(), 3);
    assert_eq!(
        store.directory().await.unwrap().revision,
        revision,
        "sessions are no change to the directory"
    );
    // What has long been over goes when somebody signs in.
    let old = Session { created: now() + 72.hours(), ..session(9, account.id) };
    edit(store, vec![Edit::AddSession(old)]).await;
    assert_eq!(store.sessions(account.id).await.unwrap().len(), 1);
}

async fn a_key_is_found_with_its_owner(store: &Store) {
    fill(store).await;
    let (key, owner) = store.key(digest(1)).await.unwrap().unwrap();
    assert_eq!((key.id, key.kind, key.name.as_str(), key.used), (KeyId(1), KeyKind::Api, "QGIS", None));
    assert_eq!(owner, store.account_named("zhangsan").await.unwrap());
    assert_eq!(
        (key.grants, key.origins, key.revoked),
        (new_key(1, None).grants, new_key(1, None).origins, None)
    );
    let at = now();
    store.touch_key(KeyId(1), at).await.unwrap();
    assert_eq!(store.key(digest(1)).await.unwrap().unwrap().0.used, Some(at));
    let (key, owner) = store.key(digest(2)).await.unwrap().unwrap();
    assert!(key.kind == KeyKind::Page && owner.is_none() && key.revoked.is_some() && key.expires.is_none());
    assert_eq!(store.directory().await.unwrap().keys.len(), 2);
}

async fn a_link_holds_until_it_does_not(store: &Store) {
    let account = add(store, "zhangsan").await;
    let linked = async |n: u8, at| store.account_linked(digest(n), at).await.unwrap().map(|a| a.id);
    let end = now() + 1.hour();
    edit(store, vec![Edit::SetLink(account.id, digest(7), end)]).await;
    assert_eq!(linked(7, now()).await, Some(account.id));
    assert_eq!((linked(7, end).await, linked(8, now()).await), (None, None));
    edit(store, vec![Edit::SetLink(account.id, digest(8), end)]).await;
    assert_eq!((linked(7, now()).await, linked(8, now()).await), (None, Some(account.id)));
    edit(store, vec![Edit::SetPassword(account.id, None)]).await;
    assert_eq!(linked(8, now()).await, None, "it works once");
}

async fn an_account_of_single_sign_on_is_one_for_each_subject_and_has_no_password(store: &Store) {
    save(store, &nine()).await;
    edit(store, vec![Edit::AddAccount(vouched("a", "1")), Edit::AddAccount(vouched("b", "2"))]).await;
    edit(store, vec![Edit::AddAccount(new("c")), Edit::AddAccount(new("d"))]).await;
    let directory = store.directory().await.unwrap();
    let subjects: Vec<_> = directory.accounts.iter().map(|a| a.subject.as_ref().map(|s| &*s.id)).collect();
    assert_eq!(subjects, [Some("1"), Some("2"), None, None]);
    assert_eq!(directory.accounts[0].subject.as_ref().unwrap().issuer, "https://sso.example");
    let hash = Some(PasswordHash::kept("$argon2id$x".to_owned()));
    for refused in [
        Edit::AddAccount(vouched("e", "1")),
        Edit::SetPassword(AccountId(1), hash),
        Edit::SetLink(AccountId(1), digest(1), now()),
    ] {
        store.edit_directory(vec![refused], event("x"), None).await.unwrap_err();
    }
    edit(store, vec![Edit::SetGrants(AccountId(1), vec![])]).await;
    assert_eq!(store.directory().await.unwrap().accounts[0].subject, directory.accounts[0].subject);
}

async fn a_try_takes_its_place_before_the_password_is_looked_at(store: &Store) {
    let counted = |name: &str| vec![Counted::name(name), Counted::address("10.0.0.1".parse().unwrap())];
    let mut places = Vec::new();
    for _ in 0..5 {
        let Place::Taken { at, turned_away: 0 } = store.take_place(counted("a")).await.unwrap() else {
            panic!()
        };
        places.push(at);
    }
    let first = store.take_place(counted("A")).await.unwrap();
    assert!(matches!(first, Place::None { wait: 1..=5000, first: true }), "{first:?}");
    assert!(matches!(store.take_place(counted("a")).await.unwrap(), Place::None { first: false, .. }));
    assert!(matches!(store.take_place(counted("b")).await.unwrap(), Place::Taken { turned_away: 2, .. }));
    store.give_back(counted("a"), places[4]).await.unwrap();
    assert!(matches!(store.take_place(counted("a")).await.unwrap(), Place::Taken { .. }), "four have failed");
    edit(store, vec![Edit::Forgive(Counted::name("a").key)]).await;
    assert!(matches!(store.take_place(counted("a")).await.unwrap(), Place::Taken { turned_away: 0, .. }));
}

async fn the_log_goes_on_without_a_gap(store: &Store) {
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0..10 {
                    store.record(event(&format!("{task}-{n}"))).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let records = store.audit(0, 100).await.unwrap();
    let head = store.audit_head().await.unwrap();
    assert_eq!((verify(&records, Some(head)), head.seq), (Ok(head), 40));
    assert!(records[0].at.ends_with('Z') && records[0].after == r#"{"名":"值"}"#, "{:?}", records[0]);
    let page: Vec<u64> = store.audit(38, 100).await.unwrap().iter().map(|r| r.seq).collect();
    assert_eq!(page, [39, 40]);
    let back: Vec<u64> = store.audit_before(Some(4), 2).await.unwrap().iter().map(|r| r.seq).collect();
    assert_eq!(back, [3, 2]);
    assert_eq!(store.audit_before(None, 1).await.unwrap()[0].seq, 40);
}

/// Two stores at one address.
async fn twice(url: &str) -> [Store; 2] {
    let open = async || Store::open(url, Mode::Create).await.unwrap();
    [open().await, open().await]
}

async fn places_at_once(url: &str) -> usize {
    let stores = twice(url).await;
    let tries: Vec<_> = (0..40)
        .map(|n: usize| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move { store.take_place(vec![Counted::name("a")]).await.unwrap() })
        })
        .collect();
    let mut taken = 0;
    for place in tries {
        taken += usize::from(matches!(place.await.unwrap(), Place::Taken { .. }));
    }
    taken
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_at_once_over_two_servers_get_no_more_places_than_one_after_another() {
    let dir = tempfile::tempdir().unwrap();
    for url in [dir.path().join("a.gpkg").display().to_string(), Cluster::shared().new_url()] {
        assert_eq!(places_at_once(&url).await, 5, "{url}");
    }
}

#[tokio::test]
async fn of_two_servers_that_change_the_same_one_is_told() {
    let dir = tempfile::tempdir().unwrap();
    for url in [dir.path().join("a.gpkg").display().to_string(), Cluster::shared().new_url()] {
        let stores = twice(&url).await;
        add(&stores[0], "a").await;
        let revision = Some(stores[0].directory().await.unwrap().revision);
        let change = |store: Store, name: &'static str| async move {
            store.edit_directory(vec![Edit::AddAccount(new(name))], event("x"), revision).await.unwrap()
        };
        let (b, c) = tokio::join!(change(stores[0].clone(), "b"), change(stores[1].clone(), "c"));
        assert!(b.is_some() != c.is_some(), "{url}");
        assert_eq!(stores[1].directory().await.unwrap().accounts.len(), 2);
    }
}

#[tokio::test]
async fn the_files_log_is_changed_by_nobody_and_stands_in_no_geopackage() {
    let (_dir, url, store) = two_versions().await;
    fill(&store).await;
    let file = std::path::Path::new(&url).with_extension("private.sqlite");
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    for sql in [
        "UPDATE audit SET who = 'x' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 5",
        "INSERT INTO audit SELECT seq + 7, at, who, via, address, action, target, outcome, before, after, hash
         FROM audit WHERE seq = 1",
    ] {
        let error = sqlx::query(sql).execute(&mut connection).await.unwrap_err().to_string();
        assert!(error.contains("the log"), "{error}");
    }
    connection.close().await.unwrap();
    store.close().await;
    let bytes = String::from_utf8_lossy(&std::fs::read(&url).unwrap()).into_owned();
    assert!(!bytes.contains("zhangsan") && !bytes.contains("argon2") && !bytes.contains("wk_0"));
}

#[tokio::test]
async fn accounts_of_another_store_open_nothing_here_and_are_not_thrown_away() {
    let (_one, theirs, store) = two_versions().await;
    fill(&store).await;
    store.close().await;
    let (_two, url, store) = two_versions().await;
    let private = |url: &str| std::path::Path::new(url).with_extension("private.sqlite");
    std::fs::copy(private(&theirs), private(&url)).unwrap();
    let refused = |e: StoreError| matches!(e, StoreError::OfAnother { .. });
    assert!(refused(store.account_named("zhangsan").await.unwrap_err()));
    assert!(refused(store.directory().await.unwrap_err()));
    assert!(refused(store.record(event("x")).await.unwrap_err()));
    assert!(refused(store.replace_people(&[]).await.unwrap_err()));
    let before = std::fs::read(private(&theirs)).unwrap();
    assert!(std::fs::read(private(&url)).unwrap() == before);
}

/// Makes a private file one of the time before accounts, and hours of people.
pub async fn take_back(file: &std::path::Path) {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let back =
        "DROP TABLE audit; DROP TABLE audit_head; DROP TABLE tries; DROP TABLE keys; DROP TABLE sessions;
        DROP TABLE accounts; DROP TABLE directory; DROP TABLE attachments; ALTER TABLE people DROP COLUMN hours;
        ALTER TABLE people DROP COLUMN duty_from; ALTER TABLE people DROP COLUMN duty_until;
        PRAGMA user_version = 1;";
    sqlx::raw_sql(back).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_private_file_of_before_has_no_accounts_until_one_is_made() {
    let (_dir, url, store) = two_versions().await;
    store.replace_people(&[]).await.unwrap();
    take_back(&std::path::Path::new(&url).with_extension("private.sqlite")).await;
    assert!(store.directory().await.unwrap().accounts.is_empty());
    assert_eq!(store.audit_head().await.unwrap(), Head::EMPTY);
    fill(&store).await;
    assert_eq!(store.directory().await.unwrap().accounts.len(), 3);
    assert_eq!(store.archive().await.unwrap().counts()[4], 3);
    assert!(!Ledger::default().directory.accounts.iter().any(|_| true));
}

#[tokio::test]
async fn a_private_file_of_before_has_no_files_of_plans_until_one_is_added() {
    let (_dir, url, store) = two_versions().await;
    fill(&store).await;
    let file = std::path::Path::new(&url).with_extension("private.sqlite");
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    sqlx::raw_sql("DROP TABLE attachments; PRAGMA user_version = 2").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert!(store.attachments(1).await.unwrap().is_empty());
    assert_eq!(store.archive().await.unwrap().counts()[4], 3);
    let (name, media_type, author) = ("a.txt".to_owned(), "text/plain".to_owned(), "张三".to_owned());
    let new = NewAttachment { plan: 1, name, media_type, author, body: b"a".to_vec() };
    let added = store.add_attachment(new).await.unwrap();
    assert_eq!(store.attachment(added.id).await.unwrap(), Some(b"a".to_vec()));
    assert_eq!(store.directory().await.unwrap().accounts.len(), 3);
}
