//! The sound of the page, from the live audio thread of real browsers.

use lockstep_engine::Score;
use lockstep_session::document::Document;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::units::{Beat, BeatSpan};
use lockstep_tests::browser::{Browser, Ear, Overheard, Screen, named, overheard_page};
use lockstep_tests::client::Client;
use lockstep_tests::jam::clicks;
use lockstep_tests::scenario::{Change, assert_same_bits};
use lockstep_tests::server::Server;
use lockstep_tests::steady::in_real_time;
use serde_json::json;
use std::time::{Duration, Instant, SystemTime};

/// How much of it is compared.
const SECONDS: f64 = 30.0;

fn opened(server: &Server, session: &str) -> Browser {
    Browser::joined(&server.url(&format!("/s/{session}")), Screen::Desk)
}

#[test]
fn a_page_plays_the_bits_that_the_engine_plays_elsewhere() {
    let folder = overheard_page();
    let server = Server::start_with(&["--web", &named(folder.path())]);
    let session = server.new_session();
    let page = opened(&server, &session);
    let ear = Ear::at(&page);
    assert_eq!(
        page.text(".status .sound"),
        "Sound starts with your first touch"
    );
    page.click("[aria-label='Play']");
    ear.wait_until_it_sounds();
    for (track, step) in [("Snare", 2), ("Clap", 4), ("Kick", 7), ("Snare", 2)] {
        ear.listen_for(SECONDS / 5.0);
        page.click_step(track, step);
    }
    ear.listen_for(SECONDS / 5.0);
    page.wait_until("it is stored", |page| page.text(".saved") == "all");

    let heard = ear.overheard();
    assert!(!heard.sound.is_silent(), "there is something to compare");
    assert_same_bits(&heard.scenario().native(128), &heard.sound, "the page");
    let document = server.read(&session)["document"].clone();
    let document: Document = serde_json::from_value(document).expect("a document");
    let last = ear.told_last().expect("the page sends scores");
    assert_eq!(last, Score::compile(&document).bytes());
    assert_eq!(page.complaints(), Vec::<String>::new());
}

/// Counts the scores that the page posts.
const COUNTED: &str = "
    const post = overhear.port.postMessage;
    overhear.posted = 0;
    overhear.port.postMessage = function (said, ...more) {
      if (said instanceof Uint8Array) overhear.posted += 1;
      post.call(this, said, ...more);
    };";

#[test]
fn scores_come_in_their_order_whichever_way_they_take() {
    let folder = overheard_page();
    let server = Server::start_with(&["--web", &named(folder.path())]);
    let session = server.new_session_with(&clicks());
    let other = Client::joined(server.address(), &session, 1);
    // What takes the memory from the page: browsers that do not let it share, and such that would.
    let takes = [
        None,
        Some("Object.defineProperty(window, 'crossOriginIsolated', { value: false })"),
        Some("delete window.SharedArrayBuffer"),
    ];
    for take in takes {
        let shares_memory = take.is_none();
        let page = opened(&server, &session);
        let ear = Ear::at(&page);
        if let Some(take) = take {
            page.evaluate(take);
        }
        page.click(".status");
        ear.wait_until_it_sounds();
        page.evaluate(COUNTED);
        let posted = || page.evaluate("return overhear.posted").as_u64();
        let set = |strength: i64, steps: usize| {
            let velocity = Velocity::new(strength * 5);
            let step = Step {
                velocity,
                ..Step::on()
            };
            other.edit(Edit::Steps {
                track: TrackId(1),
                scene: SceneIndex::FIRST,
                first: StepIndex::FIRST,
                values: vec![step; steps],
            });
            let fill = f64::from(u32::from(velocity.get()) * 100 / 127) / 100.0;
            page.wait_until("the page shows it", |page| page.evaluate(FILLED) == fill);
        };
        let wait_until_told = |what: &str| {
            let document = other.look(|replica| replica.document().clone());
            let score = Score::compile(&document);
            page.wait_until(what, |_| ear.told_last().as_deref() == Some(score.bytes()));
        };

        set(1, 1);
        wait_until_told("the engine knows it");
        assert_eq!(posted() == Some(0), shares_memory, "the way that it took");

        page.evaluate("return overhear.context.suspend()");
        // More than is shared, and then what would fit, but is newer than what did not.
        for strength in 2..=21 {
            set(strength, StepIndex::COUNT);
        }
        set(22, 1);
        let late = posted();
        assert!(late > Some(1), "{late:?}");
        page.evaluate("return overhear.context.resume()");
        wait_until_told("it has caught up");

        set(23, 1);
        wait_until_told("it goes on");
        assert_eq!(posted() == late, shares_memory, "it is the way of before");
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

/// How far the first step is filled.
const FILLED: &str =
    "return Number(document.querySelector('.step .fill').style.getPropertyValue('--fill'))";

/// When each beat was heard, in seconds since the first of them that both have heard.
fn beats(heard: &Overheard) -> Vec<SystemTime> {
    let onsets = heard.sound.onsets().into_iter();
    onsets.map(|frame| heard.heard_at(frame)).collect()
}

/// How far one time is from the nearest of others.
fn apart(time: SystemTime, others: &[SystemTime]) -> Duration {
    let apart = others
        .iter()
        .map(|other| match time.duration_since(*other) {
            Ok(later) => later,
            Err(earlier) => earlier.duration(),
        });
    apart.min().expect("there are others")
}

/// The median, for a busy machine makes single words of a browser late.
fn middle(mut errors: Vec<Duration>) -> Duration {
    errors.sort();
    errors[errors.len() / 2]
}

#[test]
fn two_pages_and_the_session_are_heard_on_the_same_beat() {
    in_real_time(|| {
        let folder = overheard_page();
        let server = Server::start_with(&["--web", &named(folder.path())]);
        let session = server.new_session_with(&clicks());
        let client = clocked(&server, &session, 1);
        let pages = [opened(&server, &session), opened(&server, &session)];
        let ears = pages.each_ref().map(Ear::at);
        for (page, ear) in pages.iter().zip(&ears) {
            page.click(".status");
            ear.wait_until_it_sounds();
        }
        wait_until_in_time(&pages[0]);
        pages[0].click("[aria-label='Play']");
        for ear in &ears {
            ear.listen_for(8.0);
        }
        let heard = ears.each_ref().map(Ear::overheard);
        let [anna, ben] = heard.each_ref().map(beats);
        assert!(
            anna.len() > 10 && ben.len() > 10,
            "{} {}",
            anna.len(),
            ben.len()
        );
        let off = middle(anna.iter().map(|beat| apart(*beat, &ben)).collect());
        assert!(off < Duration::from_millis(5), "{off:?} between the pages");

        for beats in [&anna, &ben] {
            assert_in_phase(&client, beats);
        }
    });
}

/// Fails unless these beats are where a player beside the page takes them for.
fn assert_in_phase(client: &Client, beats: &[SystemTime]) {
    let timeline = client.look(|replica| replica.document().timeline);
    let (instant, wall) = (Instant::now(), SystemTime::now());
    let server_now = client.server_time(instant);
    let due: Vec<_> = (0..240)
        .filter_map(|beat| timeline.time_at(Beat::ZERO + BeatSpan::BEAT.times(beat)))
        .filter_map(|at| {
            let ago = u64::try_from((server_now - at).as_micros()).ok()?;
            wall.checked_sub(Duration::from_micros(ago))
        })
        .collect();
    let off = middle(beats.iter().map(|beat| apart(*beat, &due)).collect());
    assert!(off < Duration::from_millis(5), "{off:?} from the session");
}

#[test]
fn the_sound_goes_on_in_the_background_through_slips_and_without_a_server() {
    in_real_time(|| {
        let folder = overheard_page();
        let mut server = Server::start_with(&["--web", &named(folder.path())]);
        let session = server.new_session_with(&clicks());
        let page = opened(&server, &session);
        let ear = Ear::at(&page);
        page.click(".status");
        ear.wait_until_it_sounds();
        wait_until_in_time(&page);
        page.click("[aria-label='Play']");
        ear.listen_for(3.0);

        let client = clocked(&server, &session, 1);
        page.behind_another_tab(|| {
            let until = client.beat() + BeatSpan::BEAT.times(12);
            while client.beat() < until {
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        assert_ne!(page.evaluate("return overhear.hidden"), 0, "it was hidden");
        drop(client);

        server.kill();
        ear.listen_for(4.0);
        server.come_back();
        page.wait_until_connected();
        page.evaluate(
            "const told = AudioContext.prototype.getOutputTimestamp;
        AudioContext.prototype.getOutputTimestamp = function () {
            const { contextTime, performanceTime } = told.call(this);
            return { contextTime, performanceTime: performanceTime + 40 };
        };",
        );
        ear.listen_for(6.0);
        let client = clocked(&server, &session, 2);
        let heard = ear.overheard();
        let onsets = heard.sound.onsets();
        // At 120 beats a minute, and with a slip of 40 ms once.
        let seconds = |frames: usize| f64::from(u32::try_from(frames).expect("short")) / heard.rate;
        let gaps = onsets.windows(2).map(|pair| seconds(pair[1] - pair[0]));
        let gaps: Vec<_> = gaps.collect();
        // A jump forward passes over what lies within it, as everyone else has already.
        let is_no_beat = |gap: &&f64| !(0.45..0.55).contains(*gap);
        let jumps: Vec<_> = gaps.iter().filter(is_no_beat).collect();
        let is_over_one = jumps.len() < 2 && jumps.iter().all(|gap| (0.9..1.0).contains(*gap));
        assert!(is_over_one, "a beat is lost or comes twice: {gaps:?}");
        let is_slipped = |gap: &f64| (gap - (gap * 2.0).round() / 2.0).abs() > 0.02;
        assert!(
            gaps.iter().any(is_slipped),
            "the slip is followed: {gaps:?}"
        );
        let last: Vec<_> = beats(&heard).into_iter().rev().take(6).collect();
        assert_in_phase(&client, &last);
    });
}

/// A player who knows the time.
fn clocked(server: &Server, session: &str, number: u8) -> Client {
    let client = Client::joined(server.address(), session, number);
    client.wait_until("it knows the time", |replica| {
        replica.clock().quality().is_some()
    });
    client
}

fn wait_until_in_time(page: &Browser) {
    page.wait_until("the page knows the time", |page| {
        page.text(".status").contains("n time ±")
    });
}

#[test]
fn the_computers_keys_play_the_selected_track() {
    let folder = overheard_page();
    let server = Server::start_with(&["--web", &named(folder.path())]);
    let session = server.new_session_with(&clicks());
    let page = opened(&server, &session);
    let ear = Ear::at(&page);
    page.click(".status");
    ear.wait_until_it_sounds();
    page.keys("a");
    page.keys("xa");
    ear.listen_for(0.3);
    let heard = ear.overheard();
    let keys = heard.told.iter().filter_map(|(_, change)| match change {
        Change::Key {
            track,
            key,
            velocity,
        } => Some((*track, *key, velocity.is_some())),
        _ => None,
    });
    let played = [(0, 60, true), (0, 60, false), (0, 72, true), (0, 72, false)];
    assert_eq!(keys.collect::<Vec<_>>(), played);
    assert!(!heard.sound.is_silent(), "and they are heard");
    assert_same_bits(&heard.scenario().native(128), &heard.sound, "by hand");
}

#[test]
fn keys_that_are_played_step_by_step_are_written_into_the_grid() {
    let server = Server::start();
    let session = server.new_session_with(&clicks());
    let page = opened(&server, &session);
    page.open_panel("Settings");
    page.pick("select[aria-label='Keys record']", "Step by step");
    page.click(".status");
    for (key, step) in [("s", 1), ("d", 2)] {
        page.keys(key);
        page.wait_until("the key is a step", |page| page.pressed("Kick", step));
    }
    page.wait_until("it is stored", |page| page.text(".saved") == "all");
    let document = server.read(&session)["document"].clone();
    let steps = &document["tracks"][0]["clips"][0]["content"]["pattern"]["steps"];
    let pitches = [0, 1].map(|step| steps[step]["pitches"].clone());
    assert_eq!(pitches, [json!([2]), json!([4])]);
}
