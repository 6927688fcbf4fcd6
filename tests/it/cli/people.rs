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

#[test]
fn hours_and_a_roster_are_imported_and_answered() {
    let desk = Desk::with_county();
    let rows = format!(
        "编码,角色,姓名,电话,值班时间,起,止\n{TOWN},镇区值班,甲,1,每天 00:00-24:00,,\n{TOWN},镇区值班,乙,2,24/7,2020/1/1,2020年12月31日\n\
         {TOWN},镇区值班,丙,3,,2020-01-01 08:00,2999-12-31 24:00\n{TOWN},镇区值班,丁,4,休息,,\n"
    );
    desk.write("people.csv", &rows);
    desk.done(&["import", "people.csv", "--as", "people", "--store", "county.gpkg"]);
    // The copy has them too.
    desk.done(&["copy", "--from", "county.gpkg", "--to", "copy.gpkg"]);
    for store in ["county.gpkg", "copy.gpkg"] {
        let server =
            Running::start(desk.command(&["serve", "--open", "--store", store, "--listen", "127.0.0.1:0"]));
        let json = server.json(&format!("/api/people?unit={TOWN}"));
        let told: Vec<_> = json["people"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| {
                (p["name"].as_str().unwrap(), p["hours"].as_str().unwrap(), p["on_duty"].as_bool().unwrap())
            })
            .collect();
        assert_eq!(told, [("甲", "24/7", true), ("丙", "", true), ("丁", "off", false)]);
        assert_eq!(json["people"][1]["until"], "3000-01-01T00:00");
    }
}

#[test]
fn hours_that_nobody_can_read_are_refused_where_they_stand_and_nothing_is_lost() {
    let desk = Desk::with_county();
    desk.write("people.csv", &format!("code,role,name,phone\n{TOWN},duty,甲,1\n"));
    let import = ["import", "people.csv", "--as", "people", "--store", "county.gpkg"];
    desk.done(&import);
    let mut rows = String::from("code,role,name,phone,hours,from,until\n");
    for cells in
        ["Mo-Fr 8-18,,", ",2026-13-01,", ",2026-11-02,2026-11-01", "13900000000,,", ",秘乙,", "工作日,,"]
    {
        rows.extend([TOWN, ",duty,秘甲,1,", cells, "\n"]);
    }
    desk.write("people.csv", &rows);
    let said = desk.refused(&import);
    for due in [
        "6 of 6 rows cannot be taken, so none was\n",
        "line 2, column hours: expected a time, as 08:00, found \"8-18\"\n",
        "line 3, column from: expected a date, as 2026-11-01, or a date and time, as 2026-11-01 08:00, found \"2026-13-01\"\n",
        "line 4, column until: expected a time after from, found one before it\n",
        "line 5, column hours: expected a time, as 08:00, found something else\n",
        "line 6, column from: expected a date",
        "line 7, column hours: expected hours, as 24/7 or",
    ] {
        assert!(said.contains(due), "{due} in {said}");
    }
    assert!(!said.contains('秘') && !said.contains("139"), "{said}");
    let server = Running::start(desk.command(&[
        "serve",
        "--open",
        "--store",
        "county.gpkg",
        "--listen",
        "127.0.0.1:0",
    ]));
    assert_eq!(server.json(&format!("/api/people?unit={TOWN}"))["people"][0]["name"], "甲");
}

#[test]
fn a_clock_that_is_none_is_refused() {
    let desk = Desk::with_county();
    for offset in ["Asia/Shanghai", "8", "+25:00", "+08:60", "08:00"] {
        let serve = desk.run(&["serve", "--open", "--store", "county.gpkg", "--time-zone", offset]);
        assert_eq!(serve.status.code(), Some(2), "{offset}");
        assert!(err(&serve).contains("expected hours and minutes from UTC, as +08:00"), "{}", err(&serve));
    }
}
