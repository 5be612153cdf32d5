//! What a page really plays: overheard on its audio thread, sample by sample, together with all that
//! the thread was told and with when the browser says it is heard. It must not know any single test.

use super::Browser;
use crate::hosts::Sound;
use crate::scenario::{Change, Scenario, Take};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lockstep_engine::Score;
use serde_json::Value;
use std::borrow::Borrow;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const ON_THE_AUDIO_THREAD: &str = include_str!("tap.js");
const ON_THE_PAGE: &str = include_str!("ear.js");
const REGISTERED: &str = "registerProcessor(\"lockstep\", LockstepProcessor);";

/// An ear at a page, from before its first touch on.
#[derive(Debug)]
pub struct Ear<P> {
    page: P,
    memory: RefCell<Memory>,
}

/// The page hands everything over once, so that listening again takes no longer than what is new.
#[derive(Debug)]
struct Memory {
    heard: Overheard,
    /// As the audio thread has it after all that it was told.
    score: Box<Score>,
}

/// What an ear has heard so far.
#[derive(Clone, Debug, Default)]
pub struct Overheard {
    pub rate: f64,
    /// When the page's own clock began, in seconds of the clock on the wall, as the page believes.
    pub origin: f64,
    pub sound: Sound,
    /// What the audio thread was told, and the frame from which on it counted.
    pub told: Vec<(usize, Change)>,
    /// The next frame to be rendered when the page was pressed.
    pub clicks: Vec<f64>,
    /// Frames that were heard, each with seconds of the clock on the wall.
    pub output: Vec<(f64, f64)>,
    /// The first frame of each block, with when the audio thread began it: milliseconds of the clock on
    /// the wall, rounded down to whole ones.
    pub rendered: Vec<(f64, f64)>,
}

/// The page as it was built, but its audio thread remembers what it does: the folder for a server's
/// flag `--web`.
pub fn overheard_page() -> TempDir {
    let built = std::env::var_os("LOCKSTEP_WEB_DIST")
        .expect("LOCKSTEP_WEB_DIST names the page: run `cargo xtask test`");
    let folder = tempfile::tempdir().expect("a folder for a page");
    let mut is_tapped = false;
    for entry in std::fs::read_dir(PathBuf::from(built)).expect("the page is built") {
        let path = entry.expect("a file of the page").path();
        let name = path.file_name().expect("a file has a name");
        if path.extension().is_some_and(|ending| ending == "br") {
            // The twin of a file that may not be what it was.
            continue;
        }
        let to = folder.path().join(name);
        if name.to_string_lossy().starts_with("worklet-") {
            let processor = std::fs::read_to_string(&path).expect("the page has a processor");
            assert!(processor.contains(REGISTERED), "{processor}");
            let tapped = processor.replace(REGISTERED, ON_THE_AUDIO_THREAD);
            std::fs::write(to, tapped).expect("a file is written");
            is_tapped = true;
        } else {
            std::fs::copy(&path, to).expect("a file is copied");
        }
    }
    assert!(is_tapped, "the page brings a processor");
    folder
}

/// A folder as a flag says it.
pub fn named(folder: &Path) -> String {
    folder.display().to_string()
}

impl<P: Borrow<Browser>> Ear<P> {
    /// At a page that nobody has touched yet.
    pub fn at(page: P) -> Self {
        page.borrow().evaluate(ON_THE_PAGE);
        Self {
            page,
            memory: RefCell::new(Memory {
                heard: Overheard::default(),
                score: Score::boxed(),
            }),
        }
    }

    /// What it listens to.
    pub fn page(&self) -> &Browser {
        self.page.borrow()
    }

    pub fn wait_until_it_sounds(&self) {
        self.page().wait_until("the page's sound is on", |page| {
            page.text(".status .sound") == "Sound on"
        });
    }

    /// How many frames have been rendered since the start.
    pub fn frames(&self) -> usize {
        let frames = self.ask("return overhear.ask('frames')");
        whole(&frames)
    }

    /// Listens on for some seconds of sound, however long they take.
    pub fn listen_for(&self, seconds: f64) {
        let frames = |seconds: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a test is short"
            )]
            let frames = (seconds * 48_000.0) as usize;
            frames
        };
        let until = self.frames() + frames(seconds);
        self.page()
            .wait_until("the sound goes on", |_| self.frames() >= until);
    }

    /// Everything since the start.
    pub fn overheard(&self) -> Overheard {
        let told = self.ask("return overhear.news()");
        let length = whole(&told["length"]);
        let mut bytes = Vec::with_capacity(length);
        while bytes.len() < length {
            let text = self.ask(&format!("return overhear.text({})", bytes.len()));
            let text = text.as_str().expect("bytes as text");
            bytes.extend(STANDARD.decode(text).expect("base 64"));
        }
        let mut memory = self.memory.borrow_mut();
        memory.take(&told, &bytes);
        memory.heard.clone()
    }

    /// The score that the audio thread has by now, if it was told any.
    pub fn told_last(&self) -> Option<Vec<u8>> {
        let mut told = self.overheard().told.into_iter().rev();
        told.find_map(|(_, change)| match change {
            Change::Score(score) => Some(score),
            _ => None,
        })
    }

    /// The keys that the engine was told of: the place of the track, the key, and whether it went down.
    pub fn keys(&self) -> Vec<(u8, u8, bool)> {
        let told = self.overheard().told.into_iter();
        let keys = told.filter_map(|(_, change)| match change {
            Change::Key {
                track,
                key,
                velocity,
            } => Some((track, key, velocity.is_some())),
            _ => None,
        });
        keys.collect()
    }

    /// The frame of the page's audio from which on all others are counted.
    pub(super) fn first(&self) -> u64 {
        let first = self.ask("return overhear.ask('first')");
        first.as_u64().expect("a frame")
    }

    fn ask(&self, script: &str) -> Value {
        self.page().evaluate(script)
    }
}

impl Memory {
    fn take(&mut self, told: &Value, bytes: &[u8]) {
        let Self { heard, score } = self;
        let list = |name: &str| told[name].as_array().expect("a list").iter();
        let first = whole(&told["first"]);
        heard.rate = number(&told["rate"]);
        heard.origin = number(&told["origin"]) / 1e3;
        for change in list("changes") {
            let at = whole(&change["at"]) - first;
            let change = read(change, first, bytes, score);
            heard.told.extend(change.map(|change| (at, change)));
        }
        for piece in list("pieces") {
            let [left, right] = [0, 1].map(|side| samples(&piece["sides"][side], bytes));
            heard.go_on(whole(&piece["at"]), Sound::new(left, right, 0));
        }
        // What was told within a gap is obeyed behind it.
        heard
            .told
            .sort_by_key(|(at, change)| (*at, !matches!(change, Change::Gap(_))));
        let counted = |frame: &Value| number(frame) - float(first);
        let output = list("output").map(|word| (counted(&word[0]), number(&word[1]) / 1e3));
        heard.output.extend(output);
        heard.clicks.extend(list("clicks").map(counted));
        let rendered = part(&told["rendered"], bytes).as_chunks().0.iter();
        let rendered: Vec<f64> = rendered.map(|bytes| f64::from_le_bytes(*bytes)).collect();
        let (rendered, _) = rendered.as_chunks::<2>();
        let rendered = rendered.iter().map(|[frame, at]| (*frame, *at));
        heard.rendered.extend(rendered);
    }
}

impl Overheard {
    /// The sound goes on at this frame. A busy browser may leave blocks out before it, and the engine
    /// knows nothing of them.
    fn go_on(&mut self, at: usize, next: Sound) {
        let gap = at - self.sound.frames();
        if gap > 0 {
            let change = Change::Gap(gap);
            self.told.push((self.sound.frames(), change));
            self.sound
                .append(Sound::new(vec![0.0; gap], vec![0.0; gap], 0));
        }
        self.sound.append(next);
    }

    /// The same for another machine to play: all that the audio thread was told.
    pub fn scenario(&self) -> Scenario {
        let whole = Scenario::new(self.rate, self.sound.frames());
        let within = self.told.iter().filter(|(at, _)| *at < self.sound.frames());
        within.fold(whole, |scenario, (at, change)| {
            scenario.at(*at, change.clone())
        })
    }

    /// When a frame was heard, going by what the browser said nearest to it.
    pub fn heard_at(&self, frame: usize) -> SystemTime {
        let frame = float(frame);
        let apart = |word: &&(f64, f64)| (word.0 - frame).abs();
        let mut words: Vec<_> = self.output.iter().collect();
        words.sort_by(|one, other| apart(one).total_cmp(&apart(other)));
        let near = words.iter().take(5);
        let mut seconds: Vec<f64> = near
            .map(|(at, seconds)| seconds + (frame - at) / self.rate)
            .collect();
        seconds.sort_by(f64::total_cmp);
        let median = seconds.get(seconds.len() / 2);
        SystemTime::UNIX_EPOCH
            + Duration::from_secs_f64(*median.expect("the browser said something"))
    }
}

/// A message that means nothing to what is heard is none. `score` is the one before.
fn read(change: &Value, first: usize, bytes: &[u8], score: &mut Score) -> Option<Change> {
    let fields = change.as_object()?;
    if let Some(pieces) = fields.get("score") {
        let mut pieces = part(pieces, bytes);
        while let Some((numbers, rest)) = pieces.split_at_checked(8) {
            let (numbers, _) = numbers.as_chunks::<4>();
            let [at, length] = [0, 1].map(|place| {
                usize::try_from(u32::from_le_bytes(numbers[place])).expect("a place in a score")
            });
            let (piece, rest) = rest.split_at(length);
            score.bytes_mut()[at..at + length].copy_from_slice(piece);
            pieces = rest;
        }
        return Some(Change::Score(score.bytes().to_vec()));
    }
    if let Some(sample) = fields.get("sample") {
        let key = (whole(&sample["key"][0]) << 32) | whole(&sample["key"][1]);
        let channels = sample["channels"].as_array()?.iter();
        return Some(Change::Take(Take {
            key: u64::try_from(key).ok()?.to_be_bytes(),
            rate: number(&sample["rate"]),
            channels: channels.map(|place| samples(place, bytes)).collect(),
        }));
    }
    if let Some(listen) = fields.get("listen") {
        let bits = |place: usize| u16::try_from(whole(&listen[place])).expect("sixteen bits");
        return Some(Change::Listen {
            muted: bits(0),
            soloed: bits(1),
            metronome: single(&listen[2]),
        });
    }
    if let Some(play) = fields.get("play") {
        let small = |place: usize| u8::try_from(whole(&play[place])).expect("a small number");
        return Some(Change::Key {
            track: small(0),
            key: small(2),
            velocity: (small(1) == 0).then(|| single(&play[3])),
        });
    }
    let transport = fields.get("transport")?;
    if transport.is_null() {
        return Some(Change::Stop);
    }
    let [start, end] = [0, 1].map(|place| number(&transport["loop"][place]));
    Some(Change::Line {
        frame: whole(&transport["frame"]) - first,
        beat: number(&transport["beat"]),
        tempo: number(&transport["tempo"]),
        looped: (start < end).then_some((start, end)),
        pace: number(&transport["pace"]),
        turned: number(&transport["turned"]),
    })
}

fn part<'a>(place: &Value, bytes: &'a [u8]) -> &'a [u8] {
    &bytes[whole(&place[0])..whole(&place[1])]
}

fn samples(place: &Value, bytes: &[u8]) -> Vec<f32> {
    let samples = part(place, bytes).as_chunks().0.iter();
    samples.map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is a number"))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the engine takes single numbers"
)]
fn single(value: &Value) -> f32 {
    number(value) as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts, as JavaScript says them"
)]
fn whole(value: &Value) -> usize {
    number(value) as usize
}

fn float(frames: usize) -> f64 {
    u32::try_from(frames).map_or(f64::INFINITY, f64::from)
}
