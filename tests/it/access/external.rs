//! Whom a provider of single sign-on vouches for: what groups give, and what somebody may be called.

use wangge::access::{Area, Grant, NotAllowed, Role, Rule, grants_of, names};
use wangge::unit::Code;

fn rule(text: &str) -> Rule {
    text.parse().unwrap()
}

#[test]
fn a_rule_is_a_group_a_role_and_perhaps_a_code() {
    let town = Area(Some(Code::new("320924100").unwrap()));
    assert_eq!(rule("/wangge/planners=planner@320924100").grant, Grant::new(Role::Planner, town));
    let directory = rule("cn=admins,ou=groups=administrator");
    assert_eq!(directory.group, "cn=admins,ou=groups");
    assert_eq!(directory.grant, Grant::new(Role::Administrator, Area::WHOLE));
    for bad in ["planner", "=planner", "a=king", "a=planner@", "a=planner@town", "a=auditor@320924100"] {
        assert!(bad.parse::<Rule>().is_err(), "{bad}");
    }
}

#[test]
fn groups_give_grants_each_once_and_never_both_of_two_that_exclude_each_other() {
    let rules = ["a=viewer", "b=viewer", "b=planner", "c=auditor", "d=administrator"].map(rule);
    let of = |groups: &[&str]| {
        let groups: Vec<String> = groups.iter().map(|&g| g.to_owned()).collect();
        grants_of(&rules, &groups)
    };
    let roles = |groups: &[&str]| of(groups).unwrap().iter().map(|g| g.role).collect::<Vec<_>>();
    assert_eq!(roles(&["b", "a", "other"]), [Role::Viewer, Role::Planner]);
    assert_eq!(roles(&["A", ""]), [], "another case is another group");
    assert_eq!(of(&["c", "d"]), Err(NotAllowed::AdministratorAndAuditor));
}

#[test]
fn a_name_is_made_to_fit_and_another_is_found_where_it_is_taken() {
    let first = |wanted: &[&str], n: usize| {
        names(wanted, "sso.example").take(n).map(|name| name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(first(&["zhang san"], 3), ["zhangsan", "zhangsan@sso.example", "zhangsan@sso.example-2"]);
    assert_eq!(first(&["", "--", "<b>张三</b>"], 1), ["b张三b"]);
    assert_eq!(first(&["…"], 1), ["user"]);
    let long = "长".repeat(99);
    assert!(first(&[&long], 3).iter().all(|name| name.chars().count() == 64));
    assert_eq!(names(&[&long], &"h".repeat(99)).count(), 1000, "all are names");
}
