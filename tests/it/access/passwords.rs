//! Which passwords will do, and that they are kept as they should be.

use wangge::access::{BadPassword, Password};

fn check(text: &str) -> Result<(), BadPassword> {
    Password::new(text.to_owned()).check(&["zhangsan", "射阳县", "320924"])
}

#[test]
fn what_is_tried_first_is_refused() {
    for text in [
        "woaini1314",
        "Woaini5201314",
        "a123456789",
        "password123",
        "P@ssw0rd2026",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaa",
        "abcdefghijkl",
        "admin123456",
        "wangge2026!",
        "iloveyou1314",
        "asdfghjkl;'",
        "zhongguo2026",
        "Sheyang2026!",
        "qq123456789",
        "zxcvbnm123",
        "987654321a",
    ] {
        assert_eq!(check(text), Err(BadPassword::Common), "{text}");
    }
    for text in ["zhangsan2026", "Zhangsan-1234", "射阳县320924!!!"] {
        assert_eq!(check(text), Err(BadPassword::Own), "{text}");
    }
    for text in ["13812345678", "320924199001011234", "1029384756"] {
        assert_eq!(check(text), Err(BadPassword::Digits), "{text}");
    }
    assert_eq!(check("short-7x"), Err(BadPassword::Short(8)));
    assert_eq!(check("九个汉字不够长密码"), Err(BadPassword::Short(9)));
    assert_eq!(check(&"长".repeat(86)), Err(BadPassword::Long(258)));
}

#[test]
fn what_is_one_s_own_will_do() {
    for text in [
        "grau-Wal-7-Ufer",
        "correct horse battery",
        "秋天的芦苇荡很安静呢",
        "Tr0ub4dor&3x",
        "xkqpvmzrtw",
        "lake heron 41 west",
        "Xy7#kQ9!pL2m",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

#[test]
fn a_refusal_does_not_repeat_what_was_typed() {
    for text in ["hunter2", "woaini1314", "zhangsan2026"] {
        let said = check(text).unwrap_err().to_string();
        assert!(!said.contains(text) && !said.contains("hunter"), "{said}");
    }
    let password = Password::new("秘密的长长长长密码".to_owned());
    let hash = password.hash([7; 16]).unwrap();
    assert_eq!(format!("{password:?} {hash:?}"), "Password(…) PasswordHash(…)");
}

#[test]
fn a_password_is_known_again_and_nothing_else_is() {
    let password = |text: &str| Password::new(text.to_owned());
    let hash = password("grau-Wal-7-Ufer").hash([7; 16]).unwrap();
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
    assert_ne!(hash, password("grau-Wal-7-Ufer").hash([8; 16]).unwrap());
    assert!(password("grau-Wal-7-Ufer").is(Some(&hash)));
    for wrong in ["grau-Wal-7-ufer", "", "grau-Wal-7-Ufer "] {
        assert!(!password(wrong).is(Some(&hash)));
    }
    assert!(!password("nobody's").is(None), "nobody's is nobody's");
    // What is longer than a password may be is none, though it begins as one.
    let longest = "长x".repeat(64);
    let hash = password(&longest).hash([7; 16]).unwrap();
    assert!(password(&longest).is(Some(&hash)) && !password(&format!("{longest}y")).is(Some(&hash)));
}

#[test]
fn an_unknown_name_is_worked_at_like_a_known_one() {
    let password = Password::new("grau-Wal-7-Ufer".to_owned());
    let hash = password.hash([7; 16]).unwrap();
    let time = |hash: Option<&_>| {
        let start = std::time::Instant::now();
        let _ = password.is(hash);
        start.elapsed().as_secs_f64()
    };
    let _ = time(None);
    // Without a hash to work at, a known name would take a thousand times as long; the machine's load does not.
    let mut ratios: Vec<f64> = (0..31).map(|_| time(Some(&hash)) / time(None)).collect();
    ratios.sort_by(f64::total_cmp);
    assert!((0.1..10.).contains(&ratios[15]), "{ratios:?}");
}
