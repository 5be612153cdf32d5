//! Recording on the page, with a microphone of Chromium's own that plays a file. What it proves of time:
//! that a strike which the browser says was played on a beat is heard on that beat wherever the take is
//! played. That a device is as late as it says nobody can prove without one.

mod studio;

use fantoccini::key::Key;
use lockstep_session::document::clip::Content;
use lockstep_session::document::instrument::{Parameter, Source};
use lockstep_session::document::track::Track;
use lockstep_session::protocol::Kind;
use lockstep_tests::browser::{
    Browser, Ear, Microphone, Screen, decoded, overheard_page, strikes_at,
};
use lockstep_tests::client::Client;
use lockstep_tests::hosts::{Bundles, ClapHost, HostSetup, Sound, sound_when, state_with_link};
use lockstep_tests::scenario::Change;
use lockstep_tests::server::Server;
use lockstep_tests::steady::in_real_time;
use serde_json::{Value, json};
use studio::{
    Studio, assert_same_beats, bar_of_four, bar_of_take, frames_to_beats, silence, strikes,
};

#[test]
fn what_is_played_into_the_microphone_sounds_on_its_beat_in_the_plugin() {
    in_real_time(|| {
        let studio = Studio::open();
        let (page, watcher) = (&studio.page, &studio.watcher);
        let ear = Ear::at(page);
        ear.listen_to_inputs();
        studio.record("2 bars");
        let played = studio.beats(&ear.strikes());
        let begins = (bar_of_take(page) - 1.0) * 4.0;
        let played: Vec<f64> = played.iter().map(|beat| beat - begins).collect();

        page.pick(".take select[aria-label='Loop in']", "Scene 1");
        let (id, bytes) = studio.sample();
        watcher.wait_until("it loops on the track", |replica| {
        let clip = replica.document().tracks[0].clips[0].as_ref();
        clip.is_some_and(|clip| {
            matches!(clip.content, Content::Loop(audio) if audio.sample == id && audio.bars.get() == 2)
        })
    });
        let (sound, rate) = decoded(&bytes);
        assert_eq!(
            sound.frames(),
            4 * usize::try_from(rate).expect("a rate"),
            "two bars, to the frame"
        );
        let stored = frames_to_beats(&sound.onsets(), f64::from(rate));
        assert_same_beats(&stored, &played, "in the sample");

        page.wait_until_saved();
        page.wait_until("the take is a sample, and no take any more", |page| {
            page.text(".takes").is_empty()
        });
        page.click("[aria-label='Stop']");
        watcher.wait_until("the session rests", |replica| {
            !replica.document().timeline.playing
        });
        let setup = HostSetup {
            sample_rate: 48_000.0,
            block: 512,
        };
        let mut host = ClapHost::open(&Bundles::built(), setup);
        let link = studio.server.url(&format!("/s/{}", studio.session));
        assert!(host.load_state(&state_with_link(&link)));
        watcher.wait_until("the plugin is here", |replica| {
            let mut players = replica.players();
            players.any(|player| player.profile.kind == Kind::Daw)
        });
        let is_heard = |sound: &Sound| !sound.is_silent();
        let two_bars = setup.frames(4.0);
        let heard = sound_when(is_heard, two_bars, |bars, frames| host.render(bars, frames));
        let heard = heard.onsets();
        let heard = frames_to_beats(&heard, setup.sample_rate);
        assert_same_beats(&heard, &played, "in the plugin");
        assert_eq!(page.complaints(), Vec::<String>::new());
    });
}

#[test]
fn bars_are_counted_in_for_these_ears_and_the_take_is_as_long_as_was_asked() {
    in_real_time(|| {
        let studio = Studio::open();
        let page = &studio.page;
        let ear = Ear::at(page);
        ear.listen_to_inputs();
        page.click("[aria-label='Click while recording']");
        page.pick(".recorder select[aria-label='Count in']", "2 bars");
        studio.record("1 bar");
        // The session was started for it, so two bars were counted.
        assert!(bar_of_take(page) >= 3.0);
        page.press_button(".take", "Add as sample");
        let (_, bytes) = studio.sample();
        let (sound, rate) = decoded(&bytes);
        assert_eq!(sound.frames(), 2 * usize::try_from(rate).expect("a rate"));
        let heard = ear.overheard();
        let clicks = heard.told.iter().filter_map(|(at, change)| match change {
            Change::Listen { metronome, .. } => Some((*at, *metronome > 0.0)),
            _ => None,
        });
        let mut clicks: Vec<(usize, bool)> = clicks.collect();
        clicks.dedup_by_key(|(_, clicks)| *clicks);
        let is_on: Vec<bool> = clicks.iter().map(|(_, clicks)| *clicks).collect();
        assert_eq!(is_on, [false, true, false], "it counts in and falls silent");
        let counted = clicks[2].0 - clicks[1].0;
        assert!(counted > 3 * 48_000, "nearly two bars: {counted} frames");
    });
}

/// Chromium does not ask what sound is for. Safari does, and this stands in for its question.
fn asked_what_for(page: Browser) -> Browser {
    page.prepare(
        "const session = { said: [], set type(kind) { this.said.push(kind) } };
         Object.defineProperty(navigator, 'audioSession', { value: session })",
    );
    page.reload();
    page.wait_until_joined();
    page
}

fn said_what_for(page: &Browser) -> Value {
    page.evaluate("return navigator.audioSession.said")
}

#[test]
fn whoever_may_not_listen_is_told_what_to_do() {
    let server = Server::start();
    let session = server.new_session_with(&silence());
    let address = server.url(&format!("/s/{session}"));
    let page = Browser::recording(&address, Screen::Phone, Microphone::Refused);
    let page = asked_what_for(page);
    page.open_panel("Samples");
    page.click(".record-input");
    page.wait_until("it says so", |page| {
        page.text(".recorder .stage")
            .contains("Allow the microphone")
    });
    assert_eq!(
        page.text(".record-input"),
        "Record input",
        "it can be tried again"
    );
    let plays_again = json!(["playback", "play-and-record", "playback"]);
    assert_eq!(said_what_for(&page), plays_again);
}

#[test]
fn a_take_outlives_the_server_and_the_page() {
    let mut studio = Studio::open();
    // The second time the page comes from this machine if it must.
    studio.page.wait_until("the page is kept", |page| {
        page.evaluate("return !!navigator.serviceWorker?.controller") == true
    });
    studio.page.reload();
    studio.page.wait_until_joined();
    studio.page.open_panel("Samples");
    studio.record("1 bar");
    studio.server.kill();
    studio.page.press_button(".take", "Add as sample");
    let is_waiting = |page: &Browser| page.text(".take").contains("Kept on this machine");
    studio.page.wait_until("it waits", is_waiting);

    studio.page.reload();
    studio.page.open_panel("Samples");
    studio
        .page
        .wait_until("it is still there, and still waits", is_waiting);
    studio.server.come_back();
    let (_, bytes) = studio.sample();
    let (sound, rate) = decoded(&bytes);
    assert_eq!(sound.frames(), 2 * usize::try_from(rate).expect("a rate"));
    studio.page.wait_until("it is no take any more", |page| {
        page.text(".takes").is_empty()
    });
    studio.page.reload();
    studio.page.wait_until_joined();
    studio.page.open_panel("Samples");
    studio
        .page
        .wait_until("the sample is all there is", |page| {
            page.evaluate("return document.querySelectorAll('.sample, .take').length") == 1
        });
}

#[test]
fn what_came_before_the_plug_was_pulled_is_kept() {
    let studio = Studio::open();
    let page = &studio.page;
    let ear = Ear::at(page);
    ear.listen_to_inputs();
    page.evaluate("document.querySelector('.record-input').focus()");
    page.keys(&char::from(Key::Enter).to_string());
    page.wait_until("it records", |page| {
        page.text(".record-input") == "Stop recording"
    });
    ear.listen_for(1.0);
    ear.pull_the_plug();
    studio.wait_for_take();
    page.wait_until("it says so", |page| {
        page.text(".recorder .stage").contains("The input was lost")
    });
    page.press_button(".take", "Discard");
    page.wait_until("it is gone", |page| page.text(".takes").is_empty());
}

#[test]
fn a_take_that_the_browser_has_no_room_for_is_sent_all_the_same() {
    let tapped = overheard_page();
    for file in std::fs::read_dir(tapped.path()).expect("the page") {
        let file = file.expect("a file").path();
        if file
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("takes-"))
        {
            let worker = std::fs::read_to_string(&file).expect("a worker");
            let full = "indexedDB.open = () => { throw new Error('full'); };";
            std::fs::write(&file, worker + full).expect("it is written");
        }
    }
    let studio = Studio::on(tapped, strikes);
    studio.record("1 bar");
    assert!(studio.page.text(".take").contains("no room to keep it"));
    studio.page.press_button(".take", "Add as sample");
    studio.sample();
}

/// The places of the steps that are on in a track's first clip.
fn steps_on(track: &Track) -> Vec<usize> {
    let clip = track.clips[0].as_ref();
    let steps = clip
        .and_then(|clip| clip.as_pattern())
        .map(|pattern| pattern.playing().enumerate());
    let on = steps.into_iter().flatten().filter(|(_, step)| step.on);
    on.map(|(place, _)| place).collect()
}

#[test]
fn a_take_is_trimmed_normalised_and_sliced_into_a_kit() {
    in_real_time(|| {
        let studio = Studio::with(bar_of_four);
        let (page, watcher) = (&studio.page, &studio.watcher);
        studio.record("2 bars");
        page.wait_until("all are found", |page| {
            page.text(".take").contains("Kit of 8 slices")
        });
        // Between the first two, and two seconds on: in hundredths, as the outline has them.
        let marks = page.evaluate(
        "return document.querySelector('.take .marks').getAttribute('d').match(/[0-9]+(?= 0v)/g).map(Number)",
    );
        let mark = |place: usize| marks[place].as_u64().expect("a place");
        let from = u64::midpoint(mark(0), mark(1)) * 10;
        page.enter(".take [aria-label='From']", &format!("{from} ms"));
        page.enter(".take [aria-label='To']", &format!("{} ms", from + 2_000));
        page.click(".take [aria-label='Normalise']");
        page.wait_until("there are four slices", |page| {
            page.text(".take").contains("Kit of 4 slices")
        });
        page.press_button(".take", "Kit of 4 slices");
        let (id, bytes) = studio.sample();
        let (sound, rate) = decoded(&bytes);
        let second = f64::from(rate);
        let frames = u32::try_from(sound.frames()).expect("short");
        assert_eq!(frames, 2 * rate, "what was kept, and no frame more");
        let peak = sound
            .left
            .iter()
            .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!((peak - 0.891).abs() < 0.001, "a decibel below full: {peak}");

        watcher.wait_until("four tracks play it", |replica| {
            let tracks = replica.document().tracks.iter().skip(1);
            tracks.filter(|track| !steps_on(track).is_empty()).count() == 4
        });
        let onsets = sound.onsets();
        assert_eq!(onsets.len(), 4);
        watcher.look(|replica| {
            let tracks = replica.document().tracks.iter().skip(1);
            for ((track, onset), number) in tracks.zip(&onsets).zip(1..) {
                let instrument = &track.settings.instrument;
                assert_eq!(instrument.source, Source::Sample(id));
                let start =
                    f64::from(instrument.parameters[&Parameter::Start].get()) * second / 5_000.0;
                let onset = f64::from(u32::try_from(*onset).expect("short"));
                // As near as a ten-thousandth of the sample is.
                assert!(
                    (start - onset).abs() < 24.0,
                    "slice {number}: {start}, not {onset}"
                );
                let sixteenth = (onset / second * 8.0).round();
                let on = steps_on(track);
                assert_eq!(on.len(), 1);
                assert_eq!(f64::from(u32::try_from(on[0]).expect("short")), sixteenth);
            }
        });
        assert_eq!(page.complaints(), Vec::<String>::new());
    });
}

#[test]
fn a_sample_of_the_session_can_be_cut_too() {
    let server = Server::start();
    let session = server.new_session_with(&silence());
    let page = Browser::joined(&server.url(&format!("/s/{session}")), Screen::Desk);
    let watcher = Client::joined(server.address(), &session, 9);
    page.open_panel("Samples");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("Door.wav");
    strikes_at(&file, &[0.5, 1.0], 2.0);
    page.choose_file(".drop input[type='file']", &file);
    watcher.wait_until("the file is a sample", |replica| {
        replica.document().samples.len() == 1
    });
    page.press_button(".sample", "Cut");
    page.wait_until("it is a take", |page| {
        page.text(".take").contains("Kit of 2 slices")
    });
    page.enter(".take [aria-label='From']", "0.75 s");
    page.wait_until("it is shorter", |page| {
        page.text(".take").contains("Kit of 1 slice")
    });
    let heard = "const player = document.querySelector('.take audio');
         return [player?.duration, player?.currentTime > 0]";
    page.press_button(".take", "Audition");
    page.wait_until("what is kept is heard", |page| {
        page.evaluate(heard) == json!([1.25, true])
    });
    page.press_button(".take", "Stop");
    page.press_button(".take", "Audition");
    page.wait_until("it is heard again", |page| {
        page.evaluate(heard) == json!([1.25, true])
    });
    page.wait_until("it ends by itself", |page| {
        page.text(".take").contains("Audition") && page.evaluate(heard) == json!([null, false])
    });
    // Three presses before the file is made: on, off and on again.
    page.evaluate(
        "const button = [...document.querySelectorAll('.take button')]
             .find(button => button.textContent === 'Audition');
         for (let press = 0; press < 3; press += 1) button.click();",
    );
    page.wait_until("it is heard once", |page| {
        page.evaluate(heard) == json!([1.25, true])
    });
    assert_eq!(
        page.evaluate("return document.querySelectorAll('.take audio').length"),
        1
    );
    page.press_button(".take", "Stop");
    page.press_button(".take", "Add as sample");
    watcher.wait_until("the cut is a sample beside it", |replica| {
        let mut samples = replica.document().samples.values();
        samples
            .any(|sample| sample.frames.get() == 60_000 && sample.name.as_str() == "Door.wav cut")
    });
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn the_recorder_and_its_takes_fit_a_phone_and_its_fingers() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start();
    let session = server.new_session_with(&silence());
    let file = bar_of_four(folder.path());
    let address = server.url(&format!("/s/{session}"));
    let page = Browser::recording(&address, Screen::Phone, Microphone::Plays(&file));
    let page = asked_what_for(page);
    page.open_panel("Samples");
    page.pick(".recorder select[aria-label='Length']", "1 bar");
    page.click(".record-input");
    page.wait_until("there is a take", |page| {
        page.text(".take").contains("slices")
    });
    let small = page.evaluate(
        "return [...document.querySelectorAll('.samples-panel :is(button, select, input)')]
            .filter(it => it.offsetHeight < 40 || it.getBoundingClientRect().right > innerWidth)
            .map(it => it.outerHTML)",
    );
    assert_eq!(small, json!([]), "too small, or beside the screen");
    let spoken = page.spoken();
    for (role, name) in [
        ("group", "Record"),
        ("button", "Record input"),
        ("button", "Listen to the input"),
        ("button", "Click while recording"),
        ("meter", "Input level"),
        ("combobox", "Input"),
        ("combobox", "Count in"),
        ("combobox", "Length"),
        ("spinbutton", "Offset"),
        ("list", "Not samples yet"),
        ("spinbutton", "From"),
        ("spinbutton", "To"),
        ("button", "Normalise"),
        ("spinbutton", "Sensitivity"),
        ("button", "Add as sample"),
        ("combobox", "Loop in"),
        ("button", "Download"),
        ("button", "Discard"),
    ] {
        let is_told = spoken.iter().any(|it| it.role == role && it.name == name);
        assert!(is_told, "{role} {name}");
    }
    let mut said = vec!["playback", "play-and-record"];
    assert_eq!(said_what_for(&page), json!(said));
    page.click(".sheet .close");
    said.push("playback");
    page.wait_until("it listens no more", |page| {
        said_what_for(page) == json!(said)
    });
    assert_eq!(page.complaints(), Vec::<String>::new());
}
