//! What a crash of the whole machine leaves behind: a last write of which only some bytes arrived,
//! and files that lost their end.

use super::document_of;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;
use lockstep_tests::world::Dice;
use std::path::PathBuf;

const EARLIER: &str = "Before the storm";
const LATER: &str = "Torn by lightning";
/// What a disk writes whole.
const SECTOR: usize = 512;

/// A server's file when one name was acknowledged, and the same when the next one was.
struct Storm {
    server: Server,
    session: String,
    before: Vec<u8>,
    after: Vec<u8>,
}

/// What a server made of a file.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Name(String),
    /// It would not start, or would not open the session.
    Refused(String),
}

impl Storm {
    fn new() -> Self {
        let mut server = Server::start();
        let session = server.new_session();
        let client = Client::joined(server.address(), &session, 1);
        let store = |name: &str| {
            client.edit(Edit::Session(SessionSetting::Name(LongName::new(name))));
            client.wait_until("the name is stored", |replica| replica.unsaved() == 0);
            std::fs::read(path(&server)).expect("the server's file")
        };
        // The library lets go of room that it does not need in one of its first commits. It does so
        // once that commit is safe, so no crash finds the one without the other.
        let mut length = 0;
        for number in 0.. {
            assert!(number < 50, "the file never settles");
            let settled = store(&format!("Calm {number}")).len();
            if std::mem::replace(&mut length, settled) == settled && number > 4 {
                break;
            }
        }
        let (mut before, after) = (store(EARLIER), store(LATER));
        assert!(before != after, "something was written");
        drop(client);
        server.kill();
        // A file that grew is longer before there is anything in it.
        before.resize(after.len(), 0);
        Self {
            server,
            session,
            before,
            after,
        }
    }

    /// The file as a server leaves it that was asked to stop.
    fn stopped(&mut self) -> Vec<u8> {
        std::fs::write(path(&self.server), &self.after).expect("the server's folder");
        self.server.come_back();
        assert_eq!(
            document_of(&self.server, &self.session).name.as_str(),
            LATER
        );
        assert!(self.server.stop().success());
        std::fs::read(path(&self.server)).expect("the server's file")
    }

    fn opened(&mut self, file: &[u8]) -> Found {
        std::fs::write(path(&self.server), file).expect("the server's folder");
        if let Err(words) = self.server.try_to_come_back() {
            return Found::Refused(words);
        }
        let answer = self
            .server
            .get(&format!("/api/v1/sessions/{}", self.session), &[]);
        let found = match answer.status {
            200 => Found::Name(
                document_of(&self.server, &self.session)
                    .name
                    .as_str()
                    .to_owned(),
            ),
            _ => Found::Refused(answer.json()["code"].to_string()),
        };
        self.server.kill();
        found
    }
}

fn path(server: &Server) -> PathBuf {
    server.data().join("lockstep.redb")
}

fn is_one_of_the_two(found: &Found) -> bool {
    matches!(found, Found::Name(name) if name == EARLIER || name == LATER)
}

/// The last record in the file: where its header begins, and where it ends.
fn last_record(file: &[u8]) -> std::ops::Range<usize> {
    let find = |wanted: &[u8]| file.windows(wanted.len()).position(|part| part == wanted);
    let name = find(LATER.as_bytes()).expect("the record is in the file");
    let start = file[..name]
        .windows(4)
        .rposition(|part| part == b"LSJ1")
        .expect("it has a header");
    let length = file[start + 8..start + 12].try_into().expect("four bytes");
    let length = usize::try_from(u32::from_le_bytes(length)).expect("small");
    start..start + 20 + length
}

/// P-JOURNAL-2
#[test]
fn a_commit_torn_at_any_byte_of_its_record_leaves_everything_acknowledged_before_it() {
    let mut storm = Storm::new();
    let whole = storm.after.clone();
    assert_eq!(storm.opened(&whole), Found::Name(LATER.to_owned()));
    let record = last_record(&whole);
    for torn in record.clone() {
        // All else of the commit has arrived, even what says that it is complete.
        let mut file = whole.clone();
        file[torn..record.end].copy_from_slice(&storm.before[torn..record.end]);
        if file == whole {
            continue;
        }
        let found = storm.opened(&file);
        assert_eq!(
            found,
            Found::Name(EARLIER.to_owned()),
            "torn {} bytes in",
            torn - record.start
        );
    }
}

/// P-JOURNAL-2
#[test]
fn a_commit_of_which_any_sectors_arrived_is_there_whole_or_not_at_all() {
    let mut storm = Storm::new();
    let changed: Vec<usize> = (0..storm.after.len().div_ceil(SECTOR))
        .filter(|sector| {
            let bytes = sector * SECTOR..((sector + 1) * SECTOR).min(storm.after.len());
            storm.before[bytes.clone()] != storm.after[bytes]
        })
        .collect();
    assert!(changed.len() > 2, "a commit is more than a sector or two");
    let mut dice = Dice::new(7);
    for _ in 0..60 {
        let mut file = storm.before.clone();
        for sector in &changed {
            if dice.percent(50) {
                let bytes = sector * SECTOR..((sector + 1) * SECTOR).min(file.len());
                file[bytes.clone()].copy_from_slice(&storm.after[bytes]);
            }
        }
        let found = storm.opened(&file);
        assert!(is_one_of_the_two(&found), "{found:?}");
    }
}

/// Damages the end of a file in many ways, and says what the server made of each.
fn damaged_at_the_end(storm: &mut Storm, whole: &[u8], cut: bool) -> Vec<Found> {
    let mut dice = Dice::new(11);
    let length = whole.len();
    let mut found = Vec::new();
    for round in 0..30 {
        let lost = match round {
            0..10 => dice.below(SECTOR) + 1,
            10..20 => dice.below(64 * 1024) + 1,
            _ => dice.below(length) + 1,
        }
        .min(length);
        let mut file = whole.to_vec();
        if cut {
            file.truncate(length - lost);
        } else {
            file[length - lost..].fill_with(|| dice.byte());
        }
        found.push(storm.opened(&file));
    }
    found
}

fn whole_or_refused(found: &[Found]) {
    for (round, found) in found.iter().enumerate() {
        let is_whole = *found == Found::Name(LATER.to_owned());
        assert!(
            is_whole || matches!(found, Found::Refused(_)),
            "round {round}: {found:?}"
        );
    }
}

#[test]
fn a_file_that_was_cut_off_is_refused_or_whole_and_never_less() {
    let mut storm = Storm::new();
    let after_a_crash = storm.after.clone();
    whole_or_refused(&damaged_at_the_end(&mut storm, &after_a_crash, true));
    let after_a_stop = storm.stopped();
    whole_or_refused(&damaged_at_the_end(&mut storm, &after_a_stop, true));
}

#[test]
fn a_file_whose_end_was_overwritten_is_refused_or_whole_and_never_less() {
    let mut storm = Storm::new();
    let after_a_stop = storm.stopped();
    whole_or_refused(&damaged_at_the_end(&mut storm, &after_a_stop, false));
    // After a crash, damage to the last commit looks as if it had been torn by the crash.
    let after_a_crash = storm.after.clone();
    for found in damaged_at_the_end(&mut storm, &after_a_crash, false) {
        assert!(
            is_one_of_the_two(&found) || matches!(found, Found::Refused(_)),
            "{found:?}"
        );
    }
}
