//! Access without any IO: roles, areas, passwords, tries, and the log in which every change shows.

mod audit;
mod external;
mod manage;
mod passwords;

use std::str::FromStr;

use wangge::access::lockout::{self, Counted, Limit, WINDOW};
use wangge::access::{AccountId, Area, Grant, KeyId, Permission, Role, Scope, Secret, SecretKind, Via, Who};
use wangge::unit::{Code, Levels};

fn area(code: &str) -> Area {
    Area(Some(Code::new(code).unwrap()))
}

fn grant(role: Role, code: &str) -> Grant {
    Grant::new(role, if code.is_empty() { Area::WHOLE } else { area(code) })
}

fn account(grants: &[Grant]) -> Scope {
    Scope::of(Who::Account(AccountId(1), "甲".into()), Via::Session("a".into()), grants)
}

#[test]
fn every_role_has_its_permissions_and_no_other() {
    let table: Vec<String> = Permission::ALL
        .into_iter()
        .map(|p| {
            let roles: Vec<&str> = Role::ALL.into_iter().filter(|r| r.may(p)).map(Role::name).collect();
            format!("{p:?}: {}", if roles.len() == 7 { "all".to_owned() } else { roles.join(" ") })
        })
        .collect();
    assert_eq!(
        table,
        [
            "Public: all",
            "ReadMap: all",
            "ReadMeasures: all",
            "ReadPeople: grid-worker dispatcher administrator",
            "Export: dispatcher planner approver administrator",
            "ReadPlans: planner approver",
            "DraftPlans: planner",
            "ApprovePlans: approver",
            "PublishPlans: approver",
            "ReadAudit: auditor",
            "ManageAccounts: administrator",
            "ManageTokens: administrator",
            "ManageOwnKeys: all",
            "OwnAccount: ",
        ]
    );
    for role in Role::ALL {
        assert_eq!(Role::from_str(role.name()), Ok(role));
        assert_eq!(serde_json::to_string(&role).unwrap(), format!("{:?}", role.name()));
    }
    assert!(Role::from_str("root").unwrap_err().to_string().contains("found \"root\""));
}

#[test]
fn a_grant_covers_its_unit_and_all_below_and_no_sibling() {
    let code = |text| Code::new(text).unwrap();
    let town = account(&[grant(Role::GridWorker, "320924100")]);
    for (text, covered) in [
        ("320924100", true),
        ("320924100001", true),
        ("320924100001001", true),
        ("320924", false),
        ("320924101", false),
        ("320924101001", false),
        ("32092410", false),
    ] {
        assert_eq!(town.covers(Permission::ReadPeople, &code(text)), covered, "{text}");
        assert!(!town.covers(Permission::Export, &code(text)));
        assert!(account(&[grant(Role::GridWorker, "")]).covers(Permission::ReadPeople, &code(text)));
    }
    assert!(town.has(Permission::ReadPeople) && !town.covers_all(Permission::ReadPeople));
    // 3209241 shares digits with towns 100 and 101, and is no unit's code.
    let levels = Levels::default();
    assert!(area("320924100").fits(&levels) && Area::WHOLE.fits(&levels) && !area("3209241").fits(&levels));
    assert!(Area::WHOLE.holds(&area("1")) && !area("1").holds(&Area::WHOLE) && area("1").holds(&area("12")));
}

#[test]
fn a_grant_for_categories_is_for_those_and_for_what_has_none() {
    let mut limited = grant(Role::Dispatcher, "320924");
    limited.categories = ["water".to_owned()].into();
    let scope = account(&[limited.clone()]);
    let code = Code::new("320924100").unwrap();
    for (category, covered) in [(None, true), (Some("water"), true), (Some("fire"), false)] {
        assert_eq!(scope.covers_category(Permission::ReadPeople, &code, category), covered);
    }
    let text = serde_json::to_string(&limited).unwrap();
    assert_eq!(text, r#"{"role":"dispatcher","area":"320924","categories":["water"]}"#);
    assert_eq!(serde_json::from_str::<Grant>(&text).unwrap(), limited);
    assert_eq!(serde_json::from_str::<Grant>(r#"{"role":"viewer"}"#).unwrap(), grant(Role::Viewer, ""));
    assert_eq!(limited.to_string(), "dispatcher 320924 for water");
}

#[test]
fn who_needs_no_grant_has_what_is_theirs() {
    use Permission::{ManageAccounts, ManageOwnKeys, ManageTokens, Public, ReadAudit, ReadMap, ReadPeople};
    let may = |scope: &Scope| -> Vec<Permission> {
        Permission::ALL.into_iter().filter(|p| scope.has(*p)).collect()
    };
    assert_eq!(may(&Scope::nobody()), [Public]);
    assert_eq!(may(&Scope::operator("root")), Permission::ALL);
    let open = may(&Scope::open());
    let house = [ReadAudit, ManageAccounts, ManageTokens, ManageOwnKeys];
    assert!(open.contains(&ReadPeople) && house.iter().all(|p| !open.contains(p)), "{open:?}");
    let administrator = [grant(Role::Administrator, "")];
    let by = |via| Scope::of(Who::Account(AccountId(1), "甲".into()), via, administrator.clone());
    assert_eq!(may(&by(Via::Token(KeyId(1)))), [Public, ReadMap], "a token reads the map, whoever made it");
    let key = may(&by(Via::Key(KeyId(1))));
    assert!(key.contains(&ReadPeople) && house.iter().all(|p| !key.contains(p)), "{key:?}");
    assert!(may(&by(Via::Session("a".into()))).contains(&ManageAccounts));
}

#[test]
fn a_secret_is_never_shown_and_comes_back_from_its_text() {
    for (n, kind) in
        [SecretKind::Session, SecretKind::Key, SecretKind::Token, SecretKind::Link].into_iter().enumerate()
    {
        let secret = Secret::new(kind, std::array::from_fn(|i| (i * 7 + n) as u8));
        let text = secret.reveal();
        let back = Secret::parse(&text).unwrap();
        assert!(back.digest() == secret.digest() && back.kind() == kind && text.len() == 67);
        for shown in [format!("{secret:?}"), format!("{:?}", secret.digest()), secret.digest().id()] {
            assert!(!shown.contains(&text[3..19]), "{shown}");
        }
        assert!(text.starts_with(&secret.shown()) && secret.shown().len() == 11);
        for bad in [&text[..66], &text[1..], &text.to_uppercase(), &text.replace('0', "g"), "", "wk_", "wk_é"]
        {
            assert!(Secret::parse(bad).is_none(), "{bad}");
        }
    }
    // The same bytes under another prefix are another secret.
    let of = |kind| Secret::new(kind, [7; 32]).digest();
    assert!(of(SecretKind::Key) != of(SecretKind::Session));
}

#[test]
fn at_most_ten_tries_in_any_quarter_of_an_hour() {
    let second = 1000;
    let mut tries = Vec::new();
    let mut now = 0;
    // A guesser who tries every second, for two hours.
    while now < 8 * WINDOW {
        if lockout::judge(&tries, now, Limit::NAME).is_ok() {
            tries.push(now);
        }
        now += second;
    }
    assert_eq!(tries[..5], [0, second, 2 * second, 3 * second, 4 * second]);
    assert_eq!(tries[5] - tries[4], 5 * second);
    assert_eq!(tries[9] - tries[8], 120 * second);
    for window in tries.windows(11) {
        assert!(window[10] - window[0] >= WINDOW, "{window:?}");
    }
    assert!(tries.len() > 70, "who waits may try again: {}", tries.len());
    // What to wait is told to the millisecond.
    let wait = lockout::judge(&[0, 1, 2, 3, 4], 5, Limit::NAME).unwrap_err();
    assert!(lockout::judge(&[0, 1, 2, 3, 4], 5 + wait, Limit::NAME).is_ok());
    assert!(lockout::judge(&[0, 1, 2, 3, 4], 4 + wait, Limit::NAME).is_err());
    assert_eq!(lockout::counting(&[0, 5, WINDOW], WINDOW + 1), [5, WINDOW]);
    let many: Vec<i64> = (0..100).collect();
    assert_eq!(lockout::judge(&many, 100, Limit::ADDRESS), Err(WINDOW - 100));
}

#[test]
fn names_and_networks_are_counted_and_not_to_be_read() {
    assert_eq!(Counted::name("ZhangSan"), Counted::name("zhangsan"));
    assert!(!Counted::name("hunter2hunter2").key.contains("hunter"));
    let key = |text: &str| Counted::address(text.parse().unwrap()).key;
    assert_eq!(key("::ffff:10.1.2.3"), key("10.1.2.3"));
    assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
    assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
}
