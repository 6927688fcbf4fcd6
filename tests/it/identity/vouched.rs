//! Whom a provider of single sign-on vouches for: an account for each, and what the provider's groups give, at each
//! sign-in anew. On both kinds of store.

use wangge::access::{Role, Rule, Scope, Secret, Subject, Via};
use wangge::app::Error;
use wangge::app::identity::{Identity, KeyRequest, NotLetIn, Owner, SignedIn, Vouched};
use wangge::store::{Standing, Store};

use super::{ADDRESS, PASSWORD, TOWN, add, grant, holds, identity, log, operator, password, sign_in_with};

on_both! {
    the_first_sign_in_makes_an_account_and_later_ones_find_it;
    a_name_that_is_taken_is_not_taken_over;
    groups_are_the_providers_to_give_and_to_take;
    whom_no_group_is_mapped_for_is_refused_and_recorded;
    a_disabled_account_is_refused_and_has_no_password;
    the_last_administrator_may_come_by_single_sign_on_and_lose_the_role;
    of_first_sign_ins_at_once_one_makes_the_account;
}

fn rules() -> Vec<Rule> {
    let rules = ["admins=administrator", "planners=planner@320924101", "look=viewer", "books=auditor"];
    rules.map(|rule| rule.parse().unwrap()).into()
}

fn vouched(id: &str, name: &str, groups: &[&str]) -> Vouched {
    Vouched {
        subject: Subject { issuer: "https://sso.example/realms/county".into(), id: id.into() },
        host: "sso.example".into(),
        names: vec![name.into(), id.into()],
        display_name: "张三".into(),
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
    }
}

async fn come(identity: &Identity, vouched: &Vouched) -> Result<SignedIn, NotLetIn> {
    let scope = Scope::nobody().from_address(ADDRESS);
    identity.sign_in_vouched(&scope, vouched, &rules(), "Firefox").await
}

async fn scope(identity: &Identity, session: &Secret) -> Scope {
    identity.scope_of_session(session, ADDRESS).await.unwrap().unwrap()
}

async fn the_first_sign_in_makes_an_account_and_later_ones_find_it(store: &Store) {
    let identity = identity(store);
    let first = come(&identity, &vouched("1", "Zhang San", &["planners"])).await.unwrap();
    assert_eq!((first.account.name.as_str(), first.account.display_name.as_str()), ("ZhangSan", "张三"));
    assert_eq!(first.account.grants, [grant(Role::Planner, TOWN)]);
    assert!(first.account.single_sign_on && !first.account.has_password);
    let caller = scope(&identity, &first.session).await;
    assert!(matches!(caller.via(), Via::Session(_)) && caller.is_in_person());
    // The subject is who they are: another name there is the same account here.
    let again = come(&identity, &vouched("1", "lisi", &["planners"])).await.unwrap();
    assert_eq!(again.account, first.account);
    let session = |signed_in: &SignedIn| signed_in.session.digest().id();
    let records = store.audit(0, 100).await.unwrap();
    let seen: Vec<_> = records.iter().map(|r| (&*r.who, &*r.via, &*r.action, &*r.from)).collect();
    assert_eq!(
        seen,
        [
            ("nobody", "oidc", "account.create", "10.0.0.7"),
            ("account:ZhangSan", "oidc", "session.begin", "10.0.0.7"),
            ("account:ZhangSan", "oidc", "session.begin", "10.0.0.7"),
        ]
    );
    assert!(records[0].after.contains("https://sso.example/realms/county"), "{}", records[0].after);
    assert!(records[1].after.contains(&session(&first)), "{}", records[1].after);
}

async fn a_name_that_is_taken_is_not_taken_over(store: &Store) {
    let identity = identity(store);
    add(&identity, "root", vec![grant(Role::Administrator, "")]).await;
    let mut names = Vec::new();
    for id in ["1", "2", "3"] {
        names.push(come(&identity, &vouched(id, "ROOT", &["look"])).await.unwrap().account.name);
    }
    assert_eq!(names, ["ROOT@sso.example", "ROOT@sso.example-2", "ROOT@sso.example-3"]);
    // Another provider's subject of the same id is somebody else.
    let mut other = vouched("1", "wang", &["look"]);
    other.subject.issuer = "https://other.example".into();
    assert_eq!(come(&identity, &other).await.unwrap().account.name, "wang");
    let accounts = identity.accounts(&operator()).await.unwrap();
    assert_eq!(accounts[0].grants, [grant(Role::Administrator, "")]);
    assert!(accounts[0].has_password && sign_in_with(&identity, "root", PASSWORD).await.is_ok());
}

async fn groups_are_the_providers_to_give_and_to_take(store: &Store) {
    let identity = identity(store);
    let first = come(&identity, &vouched("1", "zhang", &["planners", "look"])).await.unwrap();
    let caller = scope(&identity, &first.session).await;
    let (name, owner, grants) = ("QGIS".to_owned(), Owner::Own, vec![grant(Role::Planner, TOWN)]);
    let request = KeyRequest::Api { name, owner, grants, expires: None };
    let (_, key) = identity.create_key(&caller, request).await.unwrap();
    let of_key = async || identity.scope_of_key(&key, None, ADDRESS).await.unwrap().unwrap();
    assert!(of_key().await.has(wangge::access::Permission::DraftPlans));

    come(&identity, &vouched("1", "zhang", &["look"])).await.unwrap();
    assert_eq!(scope(&identity, &first.session).await.grants(), [grant(Role::Viewer, "")]);
    assert!(of_key().await.grants().is_empty(), "what the owner loses the key loses");
    let records = store.audit(0, 100).await.unwrap();
    let change = records.iter().find(|r| r.action == "account.grants").unwrap();
    assert_eq!((&*change.who, &*change.via), ("account:zhang", "oidc"));
    assert!(change.before.contains("planner") && !change.after.contains("planner"), "{change:?}");

    // What an administrator gives beside it holds until they come again.
    identity.set_grants(&operator(), "zhang", vec![grant(Role::Dispatcher, "")]).await.unwrap();
    let again = come(&identity, &vouched("1", "zhang", &["planners"])).await.unwrap();
    assert_eq!(again.account.grants, [grant(Role::Planner, TOWN)]);
}

async fn whom_no_group_is_mapped_for_is_refused_and_recorded(store: &Store) {
    let identity = identity(store);
    for groups in [&[][..], &["Admins", "other"], &["admins", "books"]] {
        let refused = come(&identity, &vouched("1", "zhang", groups)).await.unwrap_err();
        assert!(matches!(refused, NotLetIn::NoRole), "{groups:?}: {refused:?}");
    }
    assert!(identity.accounts(&operator()).await.unwrap().is_empty(), "nobody gets an account");
    let signed_in = come(&identity, &vouched("1", "zhang", &["look"])).await.unwrap();
    assert!(come(&identity, &vouched("1", "zhang", &["other"])).await.is_err());
    let account = &identity.accounts(&operator()).await.unwrap()[0];
    assert!(account.grants.is_empty() && !holds(&identity, &signed_in.session).await, "all is taken");
    let log = log(store).await;
    assert_eq!(log.iter().filter(|l| *l == "nobody session.begin account refused").count(), 3);
    assert_eq!(log.last().unwrap(), "nobody session.begin account:zhang refused");
}

async fn a_disabled_account_is_refused_and_has_no_password(store: &Store) {
    let identity = identity(store);
    let signed_in = come(&identity, &vouched("1", "zhang", &["look"])).await.unwrap();
    for refused in [
        identity.set_password(&operator(), "zhang", password(PASSWORD)).await.unwrap_err(),
        identity.invite(&operator(), "zhang").await.map(drop).unwrap_err(),
    ] {
        assert!(matches!(refused, Error::Conflict(_)), "{refused}");
    }
    identity.set_standing(&operator(), "zhang", Standing::Disabled).await.unwrap();
    assert!(!holds(&identity, &signed_in.session).await);
    let refused = come(&identity, &vouched("1", "zhang", &["admins"])).await.unwrap_err();
    assert!(matches!(refused, NotLetIn::Disabled), "{refused:?}");
    assert_eq!(identity.accounts(&operator()).await.unwrap()[0].grants, [grant(Role::Viewer, "")]);
    assert!(log(store).await.last().unwrap().ends_with("session.begin account:zhang refused"));
    identity.set_standing(&operator(), "zhang", Standing::Enabled).await.unwrap();
    come(&identity, &vouched("1", "zhang", &["look"])).await.unwrap();
}

async fn the_last_administrator_may_come_by_single_sign_on_and_lose_the_role(store: &Store) {
    let identity = identity(store);
    let admin = come(&identity, &vouched("1", "zhang", &["admins"])).await.unwrap();
    assert!(identity.has_administrator().await.unwrap());
    // By hand the last one stays, whatever they came by; the provider's word is another matter.
    let by_hand = identity.set_grants(&operator(), "zhang", vec![grant(Role::Viewer, "")]).await.unwrap_err();
    assert!(matches!(by_hand, Error::Conflict(_)), "{by_hand}");
    let less = come(&identity, &vouched("1", "zhang", &["look"])).await.unwrap();
    assert_eq!(less.account.grants, [grant(Role::Viewer, "")], "they are let in, as what they are now");
    assert_eq!(scope(&identity, &admin.session).await.grants(), [grant(Role::Viewer, "")]);
    assert!(!identity.has_administrator().await.unwrap());
    // Nobody is locked out: the next from that group, or a command on the store, administers again.
    come(&identity, &vouched("2", "li", &["admins"])).await.unwrap();
    add(&identity, "local", vec![grant(Role::Administrator, "")]).await;
    come(&identity, &vouched("2", "li", &["look"])).await.unwrap();
    let accounts = identity.accounts(&operator()).await.unwrap();
    let local = accounts.iter().find(|a| a.name == "local").unwrap();
    assert_eq!(local.grants, [grant(Role::Administrator, "")], "local ones are not touched");
}

async fn of_first_sign_ins_at_once_one_makes_the_account(store: &Store) {
    let servers = [identity(store), identity(store)];
    let visits: Vec<_> = (0..6)
        .map(|n: usize| {
            let server = servers[n % 2].clone();
            tokio::spawn(async move { come(&server, &vouched("1", "zhang", &["look"])).await.unwrap() })
        })
        .collect();
    for visit in visits {
        assert_eq!(visit.await.unwrap().account.name, "zhang");
    }
    assert_eq!(servers[0].accounts(&operator()).await.unwrap().len(), 1);
    let made = log(store).await.iter().filter(|l| l.contains("account.create")).count();
    assert_eq!(made, 1);
}
