//! People: imported, answered by the server, and in nothing that leaves the house.

use super::{Desk, Running, err};

/// A town of the small county.
const TOWN: &str = "320924100";

#[test]
fn people_are_imported_and_answered_and_stand_in_no_export_and_no_log() {
    let desk = Desk::with_county();
    let grid = format!("{TOWN}001001");
    let rows = format!(
        "编码,角色,姓名,电话,备注,身份证号\n{grid},专职网格员,秘某甲,0515-8233 4455,早班,320924000000000000\n\
         {grid},police,秘某乙,,,\n{TOWN},镇区值班,秘镇值班室,10012345678,,\n"
    );
    desk.write("people.csv", &rows);
    let import = desk.run(&["import", "people.csv", "--as", "people", "--store", "county.gpkg"]);
    let said = String::from_utf8_lossy(&import.stdout).into_owned();
    assert_eq!(import.status.code(), Some(0), "{}", err(&import));
    assert_eq!(said, "3 people for 2 units in the place of those there were; 29 of 30 grids have nobody\n");
    assert!(err(&import).contains("not kept: columns 身份证号"), "{}", err(&import));
    let mut command = desk.command(&["serve", "--open", "--store", "county.gpkg", "--listen", "127.0.0.1:0"]);
    command.env("WANGGE_LOG", "wangge=trace,sqlx=debug");
    let server = Running::start(command);
    let json = server.json(&format!("/api/people?unit={grid}"));
    let people: Vec<(&str, &str, &str, &str)> = json["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| ["role", "name", "phone", "note"].map(|key| p[key].as_str().unwrap()).into())
        .collect();
    assert_eq!(
        people,
        [
            ("grid_worker", "秘某甲", "0515-8233 4455", "早班"),
            ("police", "秘某乙", "", ""),
            ("town_duty", "秘镇值班室", "10012345678", "")
        ]
    );
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    let mut texts = vec![log];
    for (file, flags) in [("out.geojson", &["--all"][..]), ("out.gpkg", &[])] {
        desk.done(&[&["export", file, "--store", "county.gpkg"], flags].concat());
        texts.push(String::from_utf8_lossy(&std::fs::read(desk.path(file)).unwrap()).into_owned());
    }
    texts.push(String::from_utf8_lossy(&std::fs::read(desk.path("county.gpkg")).unwrap()).into_owned());
    for text in texts {
        for secret in ["秘某", "秘镇", "8233 4455", "10012345678", "身份证"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

#[test]
fn a_file_of_people_with_bad_rows_is_refused_whole_and_says_where() {
    let desk = Desk::with_county();
    desk.write("people.csv", &format!("code,role,name,phone\n{TOWN},duty,甲,1\n"));
    let import = ["import", "people.csv", "--as", "people", "--store", "county.gpkg"];
    desk.done(&import);
    let mut rows = String::from(
        "uid,role,name,phone,note\n999999,duty,秘甲,1,\nx,duty,秘甲,1,\n1,,秘甲,1,\n1,duty,,1,\n1,duty,秘甲,139x,\n",
    );
    rows.push_str("1,duty,秘甲,1.39E+10,\n1,duty,秘甲,0515-1234转8,\n");
    (0..6).for_each(|_| rows.push_str("0,duty,秘甲,1,\n"));
    desk.write("people.csv", &rows);
    let said = desk.refused(&import);
    for due in [
        "people.csv: 12 of 13 rows cannot be taken, so none was\n",
        "line 2, column uid: expected the uid of a unit, found \"999999\"\n",
        "line 3, column uid: expected the uid of a unit, found \"x\"\n",
        "line 4, column role: expected a role",
        "line 5, column name: expected a name, found nothing\n",
        "line 6, column phone: expected a number",
        "line 7, column phone: expected a number",
        "line 12, column uid",
        "… and 2 more\n",
    ] {
        assert!(said.contains(due), "{due} in {said}");
    }
    assert!(!said.contains("秘甲") && !said.contains("139"), "{said}");
    for (text, due) in [
        ("秘甲,13900000000\n", "line 1: expected a column code or 编码 or uid, found none of that name"),
        ("code,uid,role,name,phone\n", "expected a column code or a column uid, found both"),
        ("code,role,name,mobile\n", "expected a column phone or 电话"),
        ("code,role,name,phone\n320924999,duty,秘甲,1\n", "column code: expected the code of a unit"),
        ("code,role,name,phone\n1,2\n", "line 2"),
    ] {
        desk.write("people.csv", text);
        let said = desk.refused(&import);
        assert!(said.contains(due) && !said.contains("秘甲"), "{due} in {said}");
    }
    desk.write("people.xlsx", "");
    assert!(
        desk.refused(&["import", "people.xlsx", "--as", "people", "--store", "county.gpkg"])
            .contains("expected .csv")
    );
    let serve = ["serve", "--open", "--store", "county.gpkg", "--listen", "127.0.0.1:0"];
    let server = Running::start(desk.command(&serve));
    let json = server.json(&format!("/api/people?unit={TOWN}"));
    assert_eq!(json["people"][0]["name"], "甲", "those there were are still there");
    drop(server);
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(desk.path("county.private.sqlite"), open).unwrap();
    let line = desk.refused(&serve);
    assert!(line.trim_end().lines().last().unwrap().contains("expected mode 600, found 644"), "{line}");
}
