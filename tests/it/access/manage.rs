//! Who may give what to whom.

use wangge::access::{Grant, NotAllowed, Role, Scope, check_grants, may_give, may_manage};

use super::{account, grant};

const TOWN: &str = "320924100";

fn of_town() -> Scope {
    account(&[grant(Role::Administrator, TOWN), grant(Role::Viewer, "")])
}

#[test]
fn administrator_and_auditor_exclude_each_other_and_an_auditor_reads_the_whole() {
    let both = [grant(Role::Administrator, TOWN), grant(Role::Auditor, "")];
    let county = account(&[grant(Role::Administrator, "")]);
    for refused in [check_grants(&both), may_give(&county, &both), may_give(&Scope::operator("x"), &both)] {
        assert_eq!(refused, Err(NotAllowed::AdministratorAndAuditor));
    }
    assert!(matches!(check_grants(&[grant(Role::Auditor, TOWN)]), Err(NotAllowed::AuditorOfAPart(_))));
    assert_eq!(check_grants(&[grant(Role::Auditor, ""), grant(Role::Viewer, TOWN)]), Ok(()));
}

#[test]
fn who_administers_a_town_gives_what_lies_in_it() {
    let town = of_town();
    for given in [
        vec![grant(Role::Planner, TOWN)],
        vec![grant(Role::Administrator, "320924100001"), grant(Role::Viewer, "320924100002")],
    ] {
        assert_eq!(may_give(&town, &given), Ok(()));
        assert_eq!(may_manage(&town, &given), Ok(()));
    }
    for wide in ["", "320924", "320924101"] {
        let given = [grant(Role::Viewer, TOWN), grant(Role::Viewer, wide)];
        assert!(matches!(may_give(&town, &given), Err(NotAllowed::TooWide(_))), "{wide}");
        assert_eq!(may_manage(&town, &given), Err(NotAllowed::NotYours), "{wide}");
    }
    assert!(matches!(may_give(&town, &[grant(Role::Auditor, "")]), Err(NotAllowed::TooWide(_))));
    assert_eq!(may_give(&town, &[]), Err(NotAllowed::None));
    assert_eq!(may_manage(&town, &[]), Err(NotAllowed::NotYours), "an account of no town is the county's");
    // Roles that give no accounts give none, however wide.
    let planner = account(&[grant(Role::Planner, "")]);
    for scope in [planner, Scope::nobody(), Scope::open()] {
        assert!(may_give(&scope, &[grant(Role::Viewer, TOWN)]).is_err());
        assert!(may_manage(&scope, &[grant(Role::Viewer, TOWN)]).is_err());
    }
}

#[test]
fn who_administers_a_category_gives_that_category() {
    let limited = |categories: &[&str]| Grant {
        categories: categories.iter().map(|c| (*c).to_owned()).collect(),
        ..grant(Role::Dispatcher, TOWN)
    };
    let own = Grant { role: Role::Administrator, ..limited(&["water", "fire"]) };
    let scope = account(&[own]);
    assert_eq!(may_give(&scope, &[limited(&["fire"])]), Ok(()));
    assert!(may_give(&scope, &[limited(&["fire", "air"])]).is_err());
    assert!(may_give(&scope, &[limited(&[])]).is_err(), "all categories are more than two");
}
