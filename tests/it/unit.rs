use wangge::unit::{
    Attributes, BadLevels, Code, Hierarchy, HierarchyFault, Levels, Owner, PointLayer, Uid, Unit, Void,
};

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

/// A unit of the default levels, whose level follows from its digits.
fn unit(uid: u32, text: &str) -> Unit {
    let level = Levels::default().of_digits(text.len()).unwrap_or(3);
    Unit {
        uid: Uid(uid),
        code: code(text),
        name: format!("n{uid}"),
        level,
        tint: 0,
        attributes: Attributes::new(),
    }
}

fn void(uid: u32) -> Void {
    Void { uid: Uid(uid), name: format!("void {uid}") }
}

/// A county of two towns: one with two villages (three grids; one village not yet gridded), one still bare.
fn county() -> Hierarchy {
    let units = [
        (9, "320924100002"),
        (8, "320924100001003"),
        (7, "320924100001002"),
        (6, "320924100001001"),
        (4, "320924100001"),
        (3, "320924101"),
        (2, "320924100"),
        (1, "320924"),
    ];
    let units = units.into_iter().map(|(uid, code)| unit(uid, code)).collect();
    Hierarchy::new(Levels::default(), units, vec![void(20), void(10)]).unwrap()
}

#[test]
fn a_code_is_1_to_18_ascii_digits() {
    for bad in ["", "32092x", " 320924", "３２０９２４", "1234567890123456789", "-1"] {
        assert!(Code::new(bad).is_err(), "{bad:?}");
    }
    assert_eq!(Code::new("32A").unwrap_err().to_string(), "expected a code of 1 to 18 digits, found \"32A\"");
    let leading = code("000000000000000001");
    assert_eq!((leading.digits(), leading.to_u64()), (18, 1));
    assert_eq!(code("999999999999999999").to_u64(), 999_999_999_999_999_999);
    assert!(serde_json::from_str::<Code>("\"32x\"").is_err());
    assert_eq!(serde_json::to_string(&code("0320")).unwrap(), "\"0320\"");
}

#[test]
fn a_parents_code_is_a_prefix_and_sorts_before_its_children() {
    let (parent, child) = (code("320924100"), code("320924100001"));
    assert!(child.starts_with(&parent) && !parent.starts_with(&child) && parent < child);
    assert_eq!(child.prefix(9), Some(parent));
    assert_eq!((child.prefix(0), child.prefix(13)), (None, None));
}

#[test]
fn levels_are_read_as_they_are_written() {
    for text in ["county:6,town:9,village:12,grid:15", "city:4,grid:7", "a:1,b:2,c:3,d:4,e:5,f:18"] {
        assert_eq!(text.parse::<Levels>().unwrap().to_string(), text);
    }
    let levels: Levels = "county:6,staff/staff:9".parse().unwrap();
    assert_eq!(levels.to_string(), "county:6,staff/staff:9");
    assert_eq!(
        (levels.index_of("counties"), levels.index_of("staff"), levels.index_of("x")),
        (Some(0), Some(1), None)
    );
    assert_eq!(
        (levels.of_digits(9), levels.of_digits(8), levels.lowest(), levels.count()),
        (Some(1), None, 1, 2)
    );
    assert_eq!(Levels::default().to_string(), "county:6,town:9,village:12,grid:15");
}

#[test]
fn levels_that_cannot_be_are_refused() {
    let refused = |text: &str| text.parse::<Levels>().unwrap_err();
    assert_eq!(refused("county:6"), BadLevels::Count(1));
    assert_eq!(refused("a:1,b:2,c:3,d:4,e:5,f:6,g:7"), BadLevels::Count(7));
    assert!(matches!(refused("county:6,town:6"), BadLevels::Order { upper_digits: 6, lower_digits: 6, .. }));
    assert!(matches!(refused("county:6,town:4"), BadLevels::Order { .. }));
    for item in ["county:6,town", "county:6,town:", "county:6,town:0", "county:6,town:19", "county:6,Town:9"]
    {
        assert!(matches!(refused(item), BadLevels::Item(_)), "{item}");
    }
    for name in ["county:6,county:9", "county:6,border:9", "county:6,x/voids:9", "town:6,x/town:9"] {
        assert!(matches!(refused(name), BadLevels::Name(_)), "{name}");
    }
}

#[test]
fn units_are_sorted_by_level_and_code_and_know_parents_and_children() {
    let h = county();
    let codes: Vec<&str> = h.units().iter().map(|u| u.code.as_str()).collect();
    assert_eq!(codes[..4], ["320924", "320924100", "320924101", "320924100001"]);
    let village = h.by_code(&code("320924100001")).unwrap();
    assert_eq!(h.parent(village), h.by_code(&code("320924100")));
    let grids: Vec<&str> = h.children(village).iter().map(|&u| h.unit(u).code.as_str()).collect();
    assert_eq!(grids, ["320924100001001", "320924100001002", "320924100001003"]);
    let chain: Vec<u32> = h.chain(h.by_uid(Uid(7)).unwrap()).map(|u| h.unit(u).uid.0).collect();
    assert_eq!(chain, [7, 4, 2, 1]);
    assert_eq!(h.of_level(1).map(|u| h.unit(u).uid.0).collect::<Vec<_>>(), [2, 3]);
    assert_eq!((h.by_code(&code("320924199")), h.by_code(&code("3")), h.by_uid(Uid(99))), (None, None, None));
}

#[test]
fn leaves_stand_at_any_level_and_are_owners_by_code() {
    let h = county();
    let leaves: Vec<u32> = h.leaves().iter().map(|&u| h.unit(u).uid.0).collect();
    assert_eq!(leaves, [6, 7, 8, 9, 3], "three grids, the village without grids, the bare town");
    assert_eq!(h.owner_count(), 7);
    for (i, &leaf) in h.leaves().iter().enumerate() {
        assert_eq!((h.leaf(Owner(i as u32)), h.owner_of(leaf)), (Some(leaf), Some(Owner(i as u32))));
    }
    assert_eq!(h.owner_of(h.by_uid(Uid(1)).unwrap()), None, "a county with children is no owner");
    assert_eq!(h.void(Owner(5)).map(|v| v.uid), Some(Uid(20)), "voids keep their order");
    assert_eq!(h.void(Owner(6)).map(|v| v.uid), Some(Uid(10)));
    assert_eq!((h.leaf(Owner(5)), h.void(Owner(4)), h.void(Owner(7))), (None, None, None));
    assert_eq!((h.leaf(Owner::OUTSIDE), h.void(Owner::OUTSIDE)), (None, None));
}

#[test]
fn a_layer_shows_the_ancestor_or_the_leaf_that_stands_higher() {
    let h = county();
    let uid_at = |owner, level| h.at_level(Owner(owner), level).map(|u| h.unit(u).uid.0);
    assert_eq!([0, 1, 2, 3].map(|level| uid_at(1, level)), [Some(1), Some(2), Some(4), Some(7)]);
    assert_eq!([0, 1, 2, 3].map(|level| uid_at(3, level)), [Some(1), Some(2), Some(9), Some(9)]);
    assert_eq!([0, 1, 2, 3].map(|level| uid_at(4, level)), [Some(1), Some(3), Some(3), Some(3)]);
    assert_eq!((uid_at(5, 0), h.at_level(Owner::OUTSIDE, 3)), (None, None));
}

#[test]
fn every_fault_of_a_list_of_units_is_named() {
    let mut wrong_digits = unit(5, "320924100001001");
    wrong_digits.level = 2;
    let units = vec![
        unit(1, "320924"),
        unit(2, "320924100"),
        unit(3, "320924100"),
        unit(3, "320924200001"),
        wrong_digits,
    ];
    let faults = Hierarchy::new(Levels::default(), units, vec![void(1)]).unwrap_err();
    assert!(faults.contains(&HierarchyFault::DuplicateCode(code("320924100"))));
    assert!(faults.contains(&HierarchyFault::DuplicateUid(Uid(1))), "a void's uid counts");
    assert!(faults.contains(&HierarchyFault::DuplicateUid(Uid(3))));
    assert!(
        faults.contains(&HierarchyFault::Orphan { code: code("320924200001"), parent: code("320924200") })
    );
    assert!(
        faults.iter().any(|f| f.to_string() == "expected a village code of 12 digits, found 320924100001001")
    );
    assert_eq!(faults.len(), 5, "{faults:?}");
}

#[test]
fn the_top_level_may_have_several_units() {
    let units = vec![unit(1, "320924"), unit(2, "320925"), unit(3, "320924100"), unit(4, "320925100")];
    let h = Hierarchy::new(Levels::default(), units, vec![]).unwrap();
    assert_eq!(h.of_level(0).len(), 2);
    assert_eq!(h.at_level(Owner(1), 0), h.by_code(&code("320925")));
}

#[test]
fn tints_are_set_in_the_order_of_units() {
    let h = county().with_tints(&[0, 1, 2, 3, 4, 0, 1, 2]);
    assert_eq!(h.units().iter().map(|u| u.tint).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 0, 1, 2]);
}

#[test]
fn point_layers_have_their_plain_names() {
    for layer in PointLayer::ALL {
        assert_eq!(layer.to_string().parse::<PointLayer>().unwrap(), layer);
        assert_eq!(serde_json::to_string(&layer).unwrap(), format!("\"{layer}\""));
    }
    assert_eq!(
        "houses".parse::<PointLayer>().unwrap_err(),
        "expected dwellings, addresses or places, found \"houses\""
    );
}
