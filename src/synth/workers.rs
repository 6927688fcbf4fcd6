//! Who answers for the county's units: a worker for every grid, a duty phone for every village and town. Nobody of
//! these people is real. Names are put together from short lists by chance; every number has 11 digits and begins with
//! 100, as nobody's does (mobile numbers begin with 13 to 19); every note says that it is made up.

use super::chance::{Dice, Stage};
use super::names::plain;
use crate::unit::{Duty, Hierarchy, Person, Unit};

/// Surnames that are common there, and characters of given names.
const SURNAMES: &str = "王李张刘陈杨周徐吴孙朱顾陆沈戴姜蔡唐曹许邵潘夏董袁于季成";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国海林志春梅秀文";
/// How many given names have two characters.
const DOUBLE: f64 = 0.7;
/// When they are on duty: at any moment somebody is.
const WORKER: &str = "Mo-Fr 08:00-18:00; Sa 09:00-12:00";
const DESK_OF_VILLAGE: &str = "Mo-Su 08:00-20:00";
const DESK_OF_TOWN: &str = "24/7";
/// What every note says.
const MADE_UP: &str = "合成数据，并无此人 (synthetic)";

/// The people of a county, by level and code of their units.
pub(super) fn workers(seed: u64, hierarchy: &Hierarchy) -> Vec<Person> {
    let mut dice = Dice::new(seed, Stage::Workers);
    let answer = |unit: &Unit| {
        let (role, name, hours) = match unit.level {
            1 => ("town_duty", format!("{}值班室", unit.name), DESK_OF_TOWN),
            2 => ("village_duty", format!("{}值班室", plain(&unit.name)), DESK_OF_VILLAGE),
            3 => ("grid_worker", name(&mut dice), WORKER),
            _ => return None,
        };
        let phone = format!("100{:08}", dice.below(100_000_000));
        let duty = Duty { hours: hours.parse().ok(), ..Duty::default() };
        Some(Person { unit: unit.uid, role: role.into(), name, phone, note: MADE_UP.into(), duty })
    };
    hierarchy.units().iter().filter_map(answer).collect()
}

fn name(dice: &mut Dice) -> String {
    let surname = one_of(SURNAMES, dice);
    let second = dice.chance(DOUBLE).then(|| one_of(GIVEN, dice)).flatten();
    surname.into_iter().chain(one_of(GIVEN, dice)).chain(second).collect()
}

fn one_of(list: &str, dice: &mut Dice) -> Option<char> {
    list.chars().nth(dice.below(list.chars().count()))
}
