//! Someone with the link who means harm: whatever they say, the others play on as if they were not
//! there.

use lockstep_session::document::Document;
use lockstep_session::document::mixer::Percent;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::ids::{ConnectionId, EditNumber, Run};
use lockstep_session::limits;
use lockstep_session::protocol::encode;
use lockstep_session::units::Span;
use lockstep_tests::world::composer::Composer;
use lockstep_tests::world::{ANNA, BEN, Delay, Dice, World};

const HONEST_DELAY: Span = Span::from_millis(10);

fn two_honest_players(seed: u64) -> World {
    let mut world = World::new(seed);
    // What is measured is the server, not how much its readers' networks take.
    world.widen();
    for _ in 0..2 {
        let seat = world.add_seat(lockstep_session::protocol::Role::Editor);
        let even = Delay {
            least: HONEST_DELAY,
            jitter: Span::ZERO,
        };
        world.set_delays(seat, even, even);
        world.join(seat);
    }
    world.settle();
    world
}

/// Anna makes an edit; how long until it is in the order, and until Ben has heard it.
fn latency(world: &mut World, number: u32) -> (Span, Span) {
    let made = world.now();
    let swing = Percent::new(i64::from(number % 100));
    assert!(world.edit(ANNA, Edit::Session(SessionSetting::Swing(swing))));
    let author = (world.replica(ANNA).player(), Run(100), EditNumber(number));
    let place = |world: &World| world.witness.line().place_of(author);
    assert!(
        world.run_until(|world| place(world).is_some()),
        "never ordered"
    );
    let ordered = world.now() - made;
    let revision = u64::try_from(place(world).expect("it is ordered")).expect("few") + 1;
    let heard = |world: &World| {
        world
            .replica(BEN)
            .position()
            .is_some_and(|at| at.revision.0 >= revision)
    };
    assert!(world.run_until(heard), "never heard");
    (ordered, world.now() - made)
}

/// What a stranger may say: some of it nearly right.
fn nonsense(dice: &mut Dice, document: &Document, victim: &str) -> String {
    let number = dice.between(0, 40);
    let edit = encode(
        &Composer {
            dice: &mut *dice,
            document,
        }
        .edit(),
    );
    let valid = [
        format!("{{\"edit\":{{\"number\":{number},\"edit\":{edit}}}}}"),
        format!(
            "{{\"edit\":{{\"number\":{number},\"by\":\"{victim}\",\"player\":\"{victim}\",\"run\":100,\"edit\":{edit}}}}}"
        ),
        format!(
            "{{\"presence\":{{\"player\":\"{victim}\",\"playing\":true,\"cursor\":{{\"track\":1,\"scene\":0,\"step\":0}}}}}}"
        ),
        "{\"profile\":{\"name\":\"\u{202e}Anna\",\"kind\":\"daw\"}}".to_owned(),
        "{\"ping\":{\"sent\":-1}}".to_owned(),
        "{\"clock\":{\"wanted\":true}}".to_owned(),
        "{\"gather\":{\"view\":{\"track\":1,\"scene\":0,\"step\":0}}}".to_owned(),
        "{\"leave\":{}}".to_owned(),
    ];
    let message = dice.pick(&valid).unwrap_or_default();
    match dice.below(10) {
        0..=3 => message,
        4..=5 => mutated(dice, message),
        6 => {
            let wild = dice
                .pick(&[
                    "1e999",
                    "-1",
                    "9223372036854775808",
                    "null",
                    "\"x\"",
                    "[]",
                    "NaN",
                ])
                .unwrap_or("0");
            let digits = |character: char| character.is_ascii_digit();
            message.split(digits).collect::<Vec<_>>().join(wild)
        }
        7 => {
            let depth = dice.below(20_000);
            format!(
                "{{\"edit\":{{\"number\":1,\"edit\":{}{}}}}}",
                "[".repeat(depth),
                "]".repeat(depth)
            )
        }
        8 => format!(
            "{{\"profile\":{{\"name\":\"{}\"}}}}",
            "é".repeat(dice.below(40_000))
        ),
        _ => {
            let bytes: Vec<u8> = (0..dice.below(400)).map(|_| dice.byte()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

fn mutated(dice: &mut Dice, message: String) -> String {
    let mut bytes = message.into_bytes();
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(bytes.len());
        match dice.below(4) {
            0 if !bytes.is_empty() => {
                bytes.remove(at);
            }
            1 => bytes.insert(at, dice.byte()),
            2 => bytes.truncate(at.max(1)),
            _ => {
                let copy = bytes[..at].to_vec();
                bytes.extend(copy);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hello(dice: &mut Dice) -> String {
    let token: String = (0..16)
        .map(|_| format!("{:02x}", dice.byte() % 8))
        .collect();
    let absurd = dice.pick(&[
        "",
        ",\"resume\":{\"epoch\":1,\"revision\":18446744073709551615}",
        ",\"resume\":{\"epoch\":4294967295,\"revision\":0}",
        ",\"unsettled\":[0,4294967295]",
        ",\"unsettled\":[9,3],\"resume\":{\"epoch\":0,\"revision\":1}",
    ]);
    let run = dice.below(120);
    format!(
        "{{\"hello\":{{\"token\":\"{token}\",\"run\":{run}{}}}}}",
        absurd.unwrap_or_default()
    )
}

#[test]
fn a_hostile_client_harms_nobody_else() {
    for seed in 1..=40 {
        let mut dice = Dice::new(seed);
        let mut world = two_honest_players(seed);
        let victim = world.replica(ANNA).player().hex();
        let mut hostile = Vec::new();
        for number in 1..=25 {
            let undisturbed = (HONEST_DELAY, HONEST_DELAY + HONEST_DELAY);
            assert_eq!(
                latency(&mut world, number),
                undisturbed,
                "seed {seed}: others wait for the hostile one"
            );
            while hostile.len() < 3 {
                let connection: ConnectionId = world.intrude();
                if dice.percent(90) {
                    let hello = hello(&mut dice);
                    world.say_as(connection, &hello);
                }
                hostile.push(connection);
            }
            let document = world.document_of(BEN).clone();
            let flood = if dice.percent(10) {
                900
            } else {
                dice.below(30)
            };
            let mut last = String::new();
            for _ in 0..flood {
                if flood < 100 || dice.percent(2) {
                    last = nonsense(&mut dice, &document, &victim);
                }
                let connection = dice.pick(&hostile).expect("there are three");
                world.say_as(connection, &last);
            }
            hostile.retain(|connection| world.is_heard(*connection));
            assert!(
                world
                    .authority()
                    .is_some_and(|authority| authority.connections() <= 2 + hostile.len())
            );
            world.advance(Span::from_millis(dice.between(0, 400)));
        }
        world.advance(limits::SILENCE + limits::HELLO_WITHIN);
        let authority = world.authority().expect("it is up");
        assert_eq!(
            authority.connections(),
            2,
            "seed {seed}: the hostile one is gone, the others are not"
        );
        let document = authority.document();
        let read: Document =
            serde_json::from_str(&encode(&**document)).expect("a document can be read");
        assert_eq!(
            read, **document,
            "seed {seed}: something malformed is in the document"
        );
        let snapshot = authority.snapshot();
        assert!(snapshot.outcomes.len() <= limits::RUNS);
        assert!(snapshot.to_bytes().len() <= limits::SERVER_MESSAGE);
        world.settle();
        world.assert_equal();
    }
}
