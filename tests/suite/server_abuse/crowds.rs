//! Many at once, and those who pretend to be somebody else.

use super::victim::Victim;
use lockstep_session::ids::Token;
use lockstep_tests::raw::{Raw, hello};
use lockstep_tests::server::Server;
use std::time::Instant;

/// P-LEAVE-1
#[test]
fn ten_thousand_joins_and_leaves_leave_nothing_behind() {
    const CROWD: usize = 10_000;
    const AT_ONCE: usize = 8;
    let server = Server::start_for_a_crowd(&[]);
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    victim.beside("10,000 joins and leaves", || {
        std::thread::scope(|scope| {
            for lane in 0..AT_ONCE {
                let (server, session) = (&server, &session);
                scope.spawn(move || {
                    for number in 0..CROWD / AT_ONCE {
                        let player = lane * CROWD + number + 1;
                        let mut raw =
                            Raw::join(server.address(), session, &format!("{player:032x}"));
                        // Half of them say that they go.
                        if number % 2 == 0 {
                            raw.text(r#"{"leave":{}}"#);
                            assert_eq!(raw.hear_out().1, Some(1000));
                        }
                    }
                });
            }
        });
    });
    // Their places are free again.
    for player in 0..20 {
        Raw::join(server.address(), &session, &format!("{player:032x}"));
    }
}

/// P-CLIENT-3
#[test]
fn five_hundred_who_come_back_at_once_are_all_let_in() {
    const SESSIONS: usize = 25;
    const EACH: usize = 20;
    let mut server = Server::start_for_a_crowd(&[]);
    let sessions: Vec<String> = (0..SESSIONS).map(|_| server.new_session()).collect();
    let join = |server: &Server, index: usize| {
        Raw::join(
            server.address(),
            &sessions[index % SESSIONS],
            &format!("{:032x}", index + 1),
        )
    };
    let before: Vec<Raw> = (0..SESSIONS * EACH)
        .map(|index| join(&server, index))
        .collect();
    server.kill();
    for mut raw in before {
        assert_eq!(raw.hear_out().1, None, "a killed server says nothing");
    }
    server.come_back();
    let began = Instant::now();
    let mut storm: Vec<Raw> = (0..SESSIONS * EACH)
        .map(|index| {
            let mut raw = Raw::dial(server.address());
            let session = &sessions[index % SESSIONS];
            raw.write(lockstep_tests::raw::knocking(server.address(), session, "").as_bytes());
            raw
        })
        .collect();
    for (index, raw) in storm.iter_mut().enumerate() {
        let answer = raw.head();
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
        raw.text(&hello(&format!("{:032x}", index + 1)));
    }
    for raw in &mut storm {
        let welcome = raw.hear_kind("welcome");
        assert!(welcome["document"].is_object());
    }
    println!(
        "500 came back at once and were in after {:?}",
        began.elapsed()
    );
    Victim::of(&server).is_unharmed("a storm of 500");
}

/// P-ID-1, P-ID-4
#[test]
fn nobody_can_be_somebody_else_by_what_everybody_sees() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    let player = serde_json::to_value(Token::from_bytes([201; 16]).player()).expect("an id");
    let player = player.as_str().expect("digits").to_owned();
    victim.beside("forged tokens", || {
        for forged in [
            format!("{player}{player}"),
            format!("{player}0000000000000000"),
            format!("0000000000000000{player}"),
        ] {
            let mut raw = Raw::knock(server.address(), &session);
            raw.text(&hello(&forged));
            let welcome = raw.hear_kind("welcome");
            assert_ne!(welcome["player"], player.as_str(), "{forged}");
        }
        // What is no token is answered, and joins nobody.
        for wrong in ["", &player, "zz", &"AB".repeat(16), &"ab".repeat(17), "\\u0000"] {
            let mut raw = Raw::knock(server.address(), &session);
            raw.text(&hello(wrong));
            assert_eq!(raw.hear_kind("error")["code"], "malformed", "{wrong}");
        }
        // Edits cannot name another author or run.
        let mut raw = Raw::join(server.address(), &session, &"ea".repeat(16));
        raw.text(&format!(
            r#"{{"edit":{{"number":1,"by":"{player}","run":1,"revision":1,"epoch":9,"edit":{{"session":{{"swing":3}}}}}}}}"#
        ));
        let edit = raw.hear_kind("edit");
        assert_ne!(edit["by"], player.as_str());
    });
}

/// P-ID-5
#[test]
fn a_full_session_turns_others_away_and_keeps_those_who_are_in() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    victim.beside("a full house", || {
        let crowd: Vec<Raw> = (0..30)
            .map(|player| Raw::join(server.address(), &session, &format!("{:032x}", player + 1)))
            .collect();
        for _ in 0..50 {
            let mut raw = Raw::knock(server.address(), &session);
            raw.text(&hello(&"ff".repeat(16)));
            let (messages, code) = raw.hear_out();
            assert_eq!(code, Some(4001));
            assert_eq!(
                messages.last().expect("a goodbye")["goodbye"]["code"],
                "full"
            );
        }
        drop(crowd);
    });
}
