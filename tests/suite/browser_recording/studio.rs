//! What the tests of recording share: a page with a microphone that plays a file, and beats to compare.

use lockstep_session::document::Document;
use lockstep_session::ids::SampleId;
use lockstep_session::units::{Beat, Span};
use lockstep_tests::browser::{Browser, Microphone, Screen, named, overheard_page, strikes_at};
use lockstep_tests::client::Client;
use lockstep_tests::room::the_sample;
use lockstep_tests::server::Server;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};
use tempfile::TempDir;

/// As far as anything may be from its beat, in seconds.
const NEAR: f64 = 0.005;

/// A session in which nothing sounds.
pub(super) fn silence() -> Document {
    let clip = json!({ "content": { "pattern": { "length": 16 } } });
    let none = Value::Null;
    let track = json!({
        "id": 1,
        "settings": { "name": "Kick", "instrument": { "source": { "preset": "click" } } },
        "clips": [clip, none, none, none, none, none, none, none],
    });
    serde_json::from_value(json!({ "tracks": [track] })).expect("a document")
}

/// Half a minute of strikes, no two of which are equally far apart.
pub(super) fn strikes(folder: &Path) -> PathBuf {
    let file = folder.join("strikes.wav");
    let mut times = vec![0.2];
    for strike in 1..80 {
        let last = times.last().expect("there is one");
        times.push(last + 0.25 + 0.001 * f64::from(strike * 97 % 251));
    }
    strikes_at(&file, &times, 35.0);
    file
}

/// A page with such a microphone, and somebody who sees what comes of it.
pub(super) struct Studio {
    pub(super) server: Server,
    pub(super) session: String,
    pub(super) page: Browser,
    pub(super) watcher: Client,
    _folder: TempDir,
    _page: TempDir,
}

impl Studio {
    pub(super) fn open() -> Self {
        Self::with(strikes)
    }

    pub(super) fn with(sound: impl Fn(&Path) -> PathBuf) -> Self {
        Self::on(overheard_page(), sound)
    }

    pub(super) fn on(tapped: TempDir, sound: impl Fn(&Path) -> PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::start_with(&["--web", &named(tapped.path())]);
        let session = server.new_session_with(&silence());
        let file = sound(folder.path());
        let address = server.url(&format!("/s/{session}"));
        let page = Browser::recording(&address, Screen::Desk, Microphone::Plays(&file));
        let watcher = Client::joined(server.address(), &session, 9);
        watcher.wait_until("it knows the time", |replica| {
            replica.clock().quality().is_some()
        });
        page.open_panel("Samples");
        Self {
            server,
            session,
            page,
            watcher,
            _folder: folder,
            _page: tapped,
        }
    }

    /// Records so many bars behind one that is counted in, and waits for the take.
    pub(super) fn record(&self, length: &str) {
        self.page
            .pick(".recorder select[aria-label='Length']", length);
        self.page.click(".record-input");
        self.wait_for_take();
    }

    pub(super) fn wait_for_take(&self) {
        self.page.wait_until("there is a take", |page| {
            page.evaluate("return !!document.querySelector('.take .wave path')?.getAttribute('d')")
                == true
        });
    }

    pub(super) fn sample(&self) -> (SampleId, Vec<u8>) {
        the_sample(&self.server, &self.watcher)
    }

    /// Which running beats these moments were, as a player beside the page takes them.
    pub(super) fn beats(&self, moments: &[SystemTime]) -> Vec<f64> {
        let timeline = self.watcher.look(|replica| replica.document().timeline);
        let (now, wall) = (self.watcher.server_time(Instant::now()), SystemTime::now());
        let beat = |moment: &SystemTime| {
            let ago = wall
                .duration_since(*moment)
                .expect("it is over")
                .as_micros();
            let ago = i64::try_from(ago).expect("a test is short");
            let at = now + Span::from_micros(-ago);
            quarters(timeline.beat_at(at))
        };
        moments.iter().map(beat).collect()
    }
}

pub(super) fn quarters(beat: Beat) -> f64 {
    let micros = i32::try_from(beat.as_micros() / 10).expect("a test is short");
    f64::from(micros) / 1e5
}

/// Fails unless these beats are those, each within five milliseconds at 120 beats a minute, apart from
/// what lies at the ends of the take.
pub(super) fn assert_same_beats(found: &[f64], expected: &[f64], what: &str) {
    let inner = |beats: &[f64]| -> Vec<f64> {
        let inner = beats.iter().filter(|beat| (0.1..7.9).contains(*beat));
        inner.copied().collect()
    };
    let (found, expected) = (inner(found), inner(expected));
    assert!(
        expected.len() > 8,
        "there is something to compare: {expected:?}"
    );
    let off: Vec<f64> = found
        .iter()
        .zip(&expected)
        .map(|(found, expected)| (found - expected).abs() / 2.0)
        .collect();
    let largest = off.iter().copied().fold(0.0, f64::max);
    println!(
        "{what}: {} strikes, the farthest {:.2} ms off",
        off.len(),
        largest * 1e3
    );
    assert!(
        found.len() == expected.len() && largest < NEAR,
        "{what}: strikes at {found:?}, but played at {expected:?}"
    );
}

pub(super) fn frames_to_beats(frames: &[usize], rate: f64) -> Vec<f64> {
    let frames = frames
        .iter()
        .map(|frame| u32::try_from(*frame).expect("short"));
    frames.map(|frame| f64::from(frame) / rate * 2.0).collect()
}

/// The bar, counted from one, that the take says it begins with.
pub(super) fn bar_of_take(page: &Browser) -> f64 {
    let about = page.text(".take .hint");
    let bar = about.rsplit("from bar ").next().unwrap_or_default();
    bar.parse()
        .unwrap_or_else(|_| panic!("no bar in {about:?}"))
}

/// Four different strikes on the beats of a bar.
pub(super) fn bar_of_four(folder: &Path) -> PathBuf {
    let file = folder.join("four.wav");
    let times: Vec<f64> = (0..60).map(|beat| 0.25 + f64::from(beat) * 0.5).collect();
    strikes_at(&file, &times, 35.0);
    file
}
