//! A session at rest: in the store but for its members, its place and its transport.

use super::*;
use crate::authority::{Amnesia, Output, Restored};

/// A session of two players, who made an edit, and rest.
struct Quiet {
    desk: Desk,
    snapshot: Vec<u8>,
    recalled: bool,
}

impl Quiet {
    fn new() -> Self {
        let mut desk = Desk::new();
        let snapshot = desk.authority.snapshot().to_bytes();
        desk.join(1, 1);
        desk.join(2, 2);
        desk.edit(1, 1, swing(40));
        desk.authority.rest();
        assert!(desk.authority.is_resting());
        Self {
            desk,
            snapshot,
            recalled: false,
        }
    }

    /// One of them took the lead, and has left while it rests.
    fn left_by_its_leader() -> Self {
        let mut quiet = Self::new();
        quiet.say(1, r#"{"edit":{"number":2,"edit":"take-lead"}}"#);
        quiet.desk.authority.rest();
        quiet.handle(Input::Closed {
            connection: ConnectionId(1),
        });
        quiet
    }

    fn say(&mut self, connection: u64, text: &str) -> Vec<Value> {
        let connection = ConnectionId(connection);
        let input = Input::Text { connection, text };
        self.handle(input)
            .into_iter()
            .filter(|(to, _)| *to == connection)
            .map(|(_, message)| message)
            .collect()
    }

    /// Like the shell of a server: loads the session when it is asked to.
    fn handle(&mut self, input: Input<'_>) -> Vec<(ConnectionId, Value)> {
        let now = self.desk.now;
        let mut said = Vec::new();
        self.desk.authority.handle(input, now);
        while let Some(output) = self.desk.authority.poll_output() {
            let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
            match output {
                Output::Send { connection, text } => said.push((connection, read(&text))),
                Output::Broadcast { to, text } => {
                    said.extend(to.iter().map(|connection| (*connection, read(&text))));
                }
                Output::Append(record) => {
                    self.desk.journal.extend_from_slice(record.bytes());
                    let revision = record.revision();
                    self.desk
                        .authority
                        .handle(Input::Committed { revision }, now);
                }
                Output::Close { .. } => {}
                Output::Recall => {
                    self.recalled = true;
                    let stored = Restored::from_bytes(&self.snapshot, &self.desk.journal);
                    let stored = stored.expect("its own journal");
                    self.desk.authority.recall(stored, now).expect("as it was");
                }
            }
        }
        said
    }
}

/// P-REST-1
#[test]
fn a_session_at_rest_answers_pings_and_presence_and_keeps_its_clock_without_being_recalled() {
    let mut quiet = Quiet::new();
    assert_eq!(kinds(&quiet.say(1, r#"{"ping":{"sent":1}}"#)), ["pong"]);
    let heard = quiet.handle(Input::Text {
        connection: ConnectionId(1),
        text: r#"{"presence":{"playing":true}}"#,
    });
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert_eq!(
        kinds(&quiet.say(2, r#"{"clock":{"wanted":true}}"#)),
        ["clock"]
    );
    assert!(!quiet.recalled);
}

/// P-REST-1
#[test]
fn an_edit_brings_a_session_back_in_its_epoch_and_nobody_is_sent_the_document_again() {
    let mut quiet = Quiet::new();
    let edit = json!({"edit": {"number": 1, "edit": swing(60)}}).to_string();
    let heard = quiet.handle(Input::Text {
        connection: ConnectionId(2),
        text: &edit,
    });
    let edits: Vec<_> = heard
        .iter()
        .filter_map(|(to, message)| Some((to.0, message.get("edit")?)))
        .map(|(to, edit)| (to, edit["epoch"].clone(), edit["revision"].clone()))
        .collect();
    assert_eq!(edits, [(1, json!(1), json!(2)), (2, json!(1), json!(2))]);
    assert!(
        heard
            .iter()
            .all(|(_, message)| message.get("welcome").is_none())
    );
    assert_eq!(quiet.desk.authority.document().swing.get(), 60);
}

/// P-REST-1, P-ONCE-1, P-RESUME-1
#[test]
fn a_session_that_was_recalled_knows_what_it_had_answered_and_what_was_missed() {
    let mut quiet = Quiet::new();
    let again = json!({"edit": {"number": 1, "edit": swing(40)}}).to_string();
    let said = quiet.say(1, &again);
    assert_eq!(
        kinds(&said),
        ["accepted"],
        "answered again, and not applied again"
    );
    assert_eq!(quiet.desk.authority.position().revision, Revision(1));
    quiet.desk.authority.rest();
    quiet.handle(Input::Opened {
        connection: ConnectionId(3),
        role: Role::Editor,
    });
    let resume = json!({"resume": {"epoch": 1, "revision": 0}});
    let said = quiet.say(3, &hello(3, &resume));
    assert_eq!(kinds(&said), ["welcome", "edit"]);
}

/// P-TRANSPORT-3
#[test]
fn what_is_said_while_a_session_is_recalled_is_answered_in_its_order() {
    let mut quiet = Quiet::new();
    let now = quiet.desk.now;
    let edit = json!({"edit": {"number": 1, "edit": swing(60)}}).to_string();
    let connection = ConnectionId(2);
    let ping = r#"{"ping":{"sent":1}}"#;
    for text in [edit.as_str(), ping] {
        quiet
            .desk
            .authority
            .handle(Input::Text { connection, text }, now);
    }
    let mut outputs = std::iter::from_fn(|| quiet.desk.authority.poll_output());
    assert!(matches!(outputs.next(), Some(Output::Recall)));
    assert!(outputs.next().is_none(), "asked for once");
    let stored = Restored::from_bytes(&quiet.snapshot, &quiet.desk.journal).expect("whole");
    quiet.desk.authority.recall(stored, now).expect("as it was");
    let said: Vec<String> = std::iter::from_fn(|| quiet.desk.authority.poll_output())
        .filter_map(|output| match output {
            Output::Send { text, .. } | Output::Broadcast { text, .. } => Some(text.to_string()),
            _ => None,
        })
        .collect();
    assert!(
        said[0].starts_with("{\"edit\"") && said[1].starts_with("{\"pong\""),
        "{said:?}"
    );
}

#[test]
fn a_store_that_stands_elsewhere_is_not_taken_up() {
    let mut quiet = Quiet::new();
    let earlier = Restored::from_bytes(&quiet.snapshot, &[]).expect("a snapshot");
    let outcome = quiet.desk.authority.recall(earlier, quiet.desk.now);
    assert_eq!(outcome, Err(Amnesia::Elsewhere));
}

#[test]
fn what_is_not_yet_durable_is_not_let_go_of() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.durable = false;
    desk.edit(1, 1, swing(40));
    desk.authority.rest();
    assert!(!desk.authority.is_resting());
}

/// P-LEAD-2
#[test]
fn the_lead_of_one_who_left_a_session_at_rest_is_released_all_the_same() {
    let mut quiet = Quiet::left_by_its_leader();
    quiet.desk.now += limits::ABSENT_LEADER;
    quiet.handle(Input::Tick);
    assert_eq!(quiet.desk.authority.document().lead, None);
}

/// P-LEAD-2
#[test]
fn while_a_session_is_recalled_to_release_a_lead_nothing_stays_due() {
    let mut quiet = Quiet::left_by_its_leader();
    let due = quiet.desk.now + limits::ABSENT_LEADER;
    assert_eq!(quiet.desk.authority.deadline(), Some(due));
    quiet.desk.authority.handle(Input::Tick, due);
    assert!(quiet.desk.authority.is_resting(), "the store is slow");
    let next = quiet.desk.authority.deadline();
    assert!(next.is_none_or(|next| next > due), "{next:?}");
}
