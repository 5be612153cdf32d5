//! Where steps begin, whatever the host says. The engine is rendered block by block, as hosts do.

use lockstep_engine::{Beats, Engine, HostBlock, HostLoop, SampleRate, Score, ScoreTrack, Tempo};

const RATE: f64 = 48_000.0;

/// A host at 120 beats a minute: 24,000 frames a beat, 6,000 a sixteenth.
struct Host {
    engine: Engine,
    score: Score,
    sound: Vec<f32>,
}

impl Host {
    fn with_steps(steps: &[u8]) -> Self {
        let mut track = ScoreTrack::new(16, beats(0.25)).expect("it can be played");
        for step in steps {
            track = track.with_step(*step);
        }
        let mut score = Score::default();
        score.set_track(0, track);
        Self {
            engine: Engine::new(SampleRate::new(RATE).expect("a rate")),
            score,
            sound: Vec::new(),
        }
    }

    fn block(&mut self, beat: f64, frames: usize, looped: Option<(f64, f64)>) {
        let looped = looped.and_then(|(start, end)| HostLoop::new(beats(start), beats(end)));
        let block = HostBlock {
            beat: beats(beat),
            tempo: Tempo::new(120.0).expect("a tempo"),
            looped,
        };
        self.render(Some(block), frames);
    }

    fn render(&mut self, block: Option<HostBlock>, frames: usize) {
        let (mut left, mut right) = (vec![f32::NAN; frames], vec![f32::NAN; frames]);
        self.engine
            .render(&self.score, block, &mut left, &mut right);
        assert_eq!(left, right);
        self.sound.extend(left);
    }

    /// The first frame of each click: it is the click's peak, and no other frame reaches it.
    fn onsets(&self) -> Vec<usize> {
        (0..self.sound.len())
            .filter(|frame| self.sound[*frame] > 0.249)
            .collect()
    }
}

fn beats(quarter_notes: f64) -> Beats {
    Beats::new(quarter_notes).expect("a place")
}

fn frames(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("tests are short")) / 24_000.0
}

#[test]
fn a_step_begins_once_at_any_block_size() {
    for size in [1, 7, 64, 480, 5_999, 6_000, 6_001, 48_000] {
        let mut host = Host::with_steps(&[0, 1, 5]);
        while host.sound.len() < 48_000 {
            host.block(frames(host.sound.len()), size, None);
        }
        assert_eq!(host.onsets(), [0, 6_000, 30_000], "blocks of {size}");
    }
}

#[test]
fn a_step_between_two_frames_begins_on_the_later_one() {
    let mut host = Host::with_steps(&[1]);
    let track = ScoreTrack::new(16, beats(1_000.5 / 24_000.0))
        .unwrap()
        .with_step(1)
        .with_step(2);
    host.score.set_track(0, track);
    for _ in 0..40 {
        host.block(frames(host.sound.len()), 100, None);
    }
    assert_eq!(host.onsets(), [1_001, 2_001]);
}

#[test]
fn the_position_of_a_start_plays_its_step_and_what_lies_before_it_does_not() {
    let mut host = Host::with_steps(&[0, 4, 8]);
    host.block(1.0, 1_000, None);
    host.block(1.0 + frames(1_000), 24_000, None);
    assert_eq!(host.onsets(), [0, 24_000]);
}

#[test]
fn a_pre_roll_counts_backwards_through_the_pattern() {
    let mut host = Host::with_steps(&[15]);
    host.block(-0.5, 12_000, None);
    assert_eq!(host.onsets(), [6_000]);
}

#[test]
fn a_loop_within_one_block_plays_each_turn() {
    let mut host = Host::with_steps(&[0, 2]);
    host.block(0.0, 40_000, Some((0.0, 0.75)));
    assert_eq!(host.onsets(), [0, 12_000, 18_000, 30_000, 36_000]);
}

#[test]
fn the_step_at_the_end_of_a_loop_is_left_to_its_start() {
    let mut host = Host::with_steps(&[0, 4]);
    // The host's loop ends a third of a frame late, as loops in whole frames do.
    host.block(0.0, 30_000, Some((0.0, 1.0 + frames(1) / 3.0)));
    assert_eq!(host.onsets(), [0, 24_001]);
}

#[test]
fn a_first_block_said_twice_sounds_once() {
    for size in [64, 512, 1_024, 4_096] {
        let mut host = Host::with_steps(&[0, 1]);
        host.block(0.0, size, None);
        for block in 0..200 {
            host.block(frames(block * size), size, None);
        }
        assert_eq!(host.onsets()[..2], [0, size + 6_000], "blocks of {size}");
    }
}

#[test]
fn a_jump_backwards_while_rolling_plays_what_is_passed_again() {
    let mut host = Host::with_steps(&[0]);
    host.block(0.0, 12_000, None);
    host.block(0.0, 12_000, None);
    host.block(0.5, 12_000, None);
    host.block(0.0, 12_000, None);
    assert_eq!(
        host.onsets(),
        [0, 36_000],
        "the first repetition is a host not under way yet"
    );
}

#[test]
fn standing_still_rings_out_to_exact_silence() {
    let mut host = Host::with_steps(&[0]);
    host.block(0.0, 100, None);
    host.render(None, 48_000);
    assert!(host.sound[47_000..].iter().all(|sample| *sample == 0.0));
    assert!(
        host.sound[100..200].iter().any(|sample| *sample != 0.0),
        "it is not cut off"
    );
}

#[test]
fn nonsense_from_a_host_makes_no_sound_and_no_panic() {
    assert_eq!(Beats::new(f64::NAN), None);
    assert_eq!(Tempo::new(f64::INFINITY), None);
    assert_eq!(Tempo::new(0.0), None);
    assert_eq!(HostLoop::new(beats(4.0), beats(4.0)), None);
    let mut host = Host::with_steps(&[0]);
    host.block(0.0, 0, None);
    host.block(2e7, 512, Some((2e7, 2e7 + 1e-9)));
    host.block(-2e7, 512, Some((0.0, 1e-300)));
    assert!(host.sound.iter().all(|sample| sample.is_finite()));
}
