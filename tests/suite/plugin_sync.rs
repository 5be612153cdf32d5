//! Who follows whom: a session that leads this host, a host that leads the session, and one that keeps
//! beside it.

use lockstep_session::document::step::Step;
use lockstep_session::edit::Edit;
use lockstep_session::protocol::Kind;
use lockstep_session::units::Beat;
use lockstep_tests::hosts::{ClapHost, HostSetup, Rolled, Transport};
use lockstep_tests::room::Room;
use lockstep_tests::server::PATIENCE;
use lockstep_tests::steady::in_real_time;
use std::time::Instant;

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 256,
};
const SESSION_LEADS: f64 = 2.0;
const ALIGN: f64 = 3.0;

/// A session of quarter notes.
fn room() -> Room {
    let room = Room::quiet();
    for place in [0, 4, 8, 12] {
        room.set(place, Step::on());
    }
    room.watcher
        .wait_until("all of it is stored", |replica| replica.unsaved() == 0);
    room.watcher.wait_until("the clock is known", |replica| {
        replica.clock().quality().is_some()
    });
    room
}

/// A plugin in it that follows so.
fn plugin(room: &Room, mode: f64) -> ClapHost {
    let mut host = room.plugin(SETUP);
    let sync = host.parameter("Sync").expect("a parameter");
    host.automate(sync, mode);
    host.render(&Transport::stopped(120.0, 0.0), 256);
    host
}

/// How late the host's own callbacks came at the least, in microseconds: what no plugin can know.
fn lateness(rolled: &Rolled) -> f64 {
    let (began, _) = rolled.callbacks[0];
    let late = rolled.callbacks.iter().map(|(at, frames)| {
        let due = frames_as_micros(*frames);
        micros(*at, began) - due
    });
    late.fold(f64::INFINITY, f64::min)
}

fn frames_as_micros(frames: usize) -> f64 {
    float(frames) * 1e6 / SETUP.sample_rate
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("a test is short"))
}

fn micros(at: Instant, since: Instant) -> f64 {
    at.saturating_duration_since(since).as_secs_f64() * 1e6
}

#[test]
fn the_session_starts_this_grid_and_each_beat_comes_at_its_time() {
    in_real_time(|| {
        let room = room();
        let host = plugin(&room, SESSION_LEADS);
        // The host's transport stands still all the while.
        let rolling = host.roll(Transport::stopped(90.0, 7.0));
        // The plugin may have begun to lead before it heard how it is to follow, and nobody else's edit fits
        // until it has let go.
        room.watcher.edit(Edit::TakeLead);
        room.watcher.edit(Edit::Play {
            from: Beat::ZERO,
            at: None,
        });
        room.watcher
            .wait_until("the session has played for a while", |replica| {
                replica.document().timeline.playing
            });
        let timeline = room.watcher.look(|replica| replica.document().timeline);
        while room.watcher.beat() < Beat::from_micros(16_500_000) {
            std::thread::yield_now();
        }
        let (_host, mut rolled) = rolling.stop_with_times();
        let late = lateness(&rolled);
        let (began, _) = rolled.callbacks[0];
        let origin = room.watcher.server_time(began);
        let mut sound = std::mem::take(&mut rolled.performance).mix();
        // What counts is when it leaves the plugin.
        sound.latency = 0;
        let onsets = sound.onsets();
        let tempo = timeline.tempo.beats_per_minute();
        let per_beat = 60.0 * SETUP.sample_rate / tempo;
        for pair in onsets.windows(2) {
            let beats = float(pair[1] - pair[0]) / per_beat;
            // The first correction may come while the clocks are still finding each other.
            assert!(
                (beats - 1.0).abs() < 0.02,
                "{beats} beats apart in {onsets:?}"
            );
        }
        assert!(onsets.len() >= 14, "from the start on: {onsets:?}");
        let mut worst = 0.0_f64;
        for onset in &onsets[2..] {
            let heard = origin.as_micros();
            #[expect(clippy::cast_possible_truncation, reason = "a test is short")]
            let heard = heard + (frames_as_micros(*onset) + late).round() as i64;
            let at = lockstep_session::units::ServerTime::from_micros(heard);
            let beat = timeline.beat_at(at).as_micros();
            let off = (beat + 500_000).rem_euclid(1_000_000) - 500_000;
            let off = f64::from(i32::try_from(off).expect("half a beat")) / 1e6 * 60e6 / tempo;
            worst = worst.max(off.abs());
        }
        assert!(worst < 2_000.0, "a beat comes {worst} us off its time");
    });
}

#[test]
fn a_host_that_keeps_beside_the_session_leaves_it_alone() {
    in_real_time(|| {
        let room = room();
        let mut host = plugin(&room, ALIGN);
        let deadline = Instant::now() + PATIENCE;
        while host.render(&Transport::rolling(97.0, 0.0), 256).is_silent() {
            assert!(Instant::now() < deadline, "the session never came");
            host.render(&Transport::stopped(97.0, 0.0), 256);
        }
        while !host
            .render(&Transport::stopped(97.0, 0.0), 4_800)
            .is_silent()
        {}
        let rolling = host.roll(Transport::rolling(97.0, 0.0));
        room.watcher.wait_until("it is seen to play", |replica| {
            let mut players = replica.players();
            players.any(|player| player.profile.kind == Kind::Daw && player.presence.playing)
        });
        let (timeline, lead) = room
            .watcher
            .look(|replica| (replica.document().timeline, replica.document().lead));
        assert!(!timeline.playing, "the session stands still");
        assert_eq!(lead, None, "and nobody leads it");
        let (_host, sound) = rolling.stop();
        assert_eq!(sound.onsets().first(), Some(&0), "the grid is the host's");
    });
}
