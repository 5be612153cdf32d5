//! What JavaScript calls. Every function takes the player that `create` gave, and this is the only
//! file that trusts its caller: a player must be one of `create`, and stays for good.
#![expect(
    unsafe_code,
    reason = "exported names are global, and JavaScript knows a player by its place alone"
)]

use crate::player::{Place, Player};

/// A new player at this sample rate, or null if the rate is none.
#[unsafe(no_mangle)]
extern "C" fn create(rate: f64) -> *mut Player {
    Player::new(rate).map_or(core::ptr::null_mut(), |player| {
        Box::into_raw(Box::new(player))
    })
}

/// How many bytes a score has.
#[unsafe(no_mangle)]
extern "C" fn score_size() -> usize {
    Player::SCORE_SIZE
}

/// Where the bytes of the score are. What is written there plays from the next render on.
#[unsafe(no_mangle)]
unsafe extern "C" fn score(player: *mut Player) -> *mut u8 {
    // SAFETY: the caller passes what `create` gave, and calls one function at a time.
    unsafe { &mut *player }.score().as_mut_ptr()
}

/// Where the channels of a sample are to be written, one after the other.
#[unsafe(no_mangle)]
unsafe extern "C" fn sample_room(player: *mut Player, channels: usize, frames: usize) -> *mut f32 {
    // SAFETY: as above.
    unsafe { &mut *player }
        .sample_room(channels, frames)
        .as_mut_ptr()
}

/// Keeps the sample that was written, for scores that name it by the first eight bytes of its id.
/// Zero if it is no sample, or none has room any more.
#[unsafe(no_mangle)]
unsafe extern "C" fn keep_sample(
    player: *mut Player,
    channels: usize,
    key_high: u32,
    key_low: u32,
    rate: f64,
) -> u32 {
    // SAFETY: as above.
    let player = unsafe { &mut *player };
    player
        .keep_sample(channels, [key_high, key_low], rate)
        .into()
}

/// What this listener wants to hear: tracks muted and soloed, a bit each; how loud the metronome is;
/// the beat before which it is all there is, or NaN.
#[unsafe(no_mangle)]
unsafe extern "C" fn listen(
    player: *mut Player,
    muted: u32,
    soloed: u32,
    metronome: f32,
    begins: f64,
) {
    // SAFETY: as above.
    unsafe { &mut *player }.listen(muted, soloed, metronome, begins);
}

/// What a hand does at the start of the next block. The codes: 0 is a key down, as hard as `amount`
/// says; 1 a key up; 2 the pitch wheel, at `amount` semitones; 3 the pedal, down unless `amount` is
/// zero; 4 all keys up.
#[unsafe(no_mangle)]
unsafe extern "C" fn play(player: *mut Player, track: u32, code: u32, key: u32, amount: f32) {
    // SAFETY: as above.
    unsafe { &mut *player }.play(track, code, key, amount);
}

/// Renders `frames` more frames to where `left` and `right` say. What follows counts only if `rolling`
/// is not zero; a loop that ends where it starts is none. `turned` is how many beats of loops have
/// been run through.
#[unsafe(no_mangle)]
unsafe extern "C" fn render(
    player: *mut Player,
    frames: usize,
    rolling: u32,
    beat: f64,
    tempo: f64,
    loop_start: f64,
    loop_end: f64,
    turned: f64,
) {
    let place = Place {
        beat,
        tempo,
        loop_start,
        loop_end,
        turned,
    };
    // SAFETY: as above.
    unsafe { &mut *player }.render((rolling != 0).then_some(place), frames);
}

/// Where the left channel of the last render is. It moves when more frames are asked for than ever
/// before.
#[unsafe(no_mangle)]
unsafe extern "C" fn left(player: *const Player) -> *const f32 {
    // SAFETY: as above.
    unsafe { &*player }.left().as_ptr()
}

/// How many frames later than its notes the sound comes.
#[unsafe(no_mangle)]
unsafe extern "C" fn latency(player: *const Player) -> usize {
    // SAFETY: as above.
    unsafe { &*player }.latency()
}

/// Where peak and RMS of each of the sixteen tracks and then of the mix are, as they stand now.
#[unsafe(no_mangle)]
unsafe extern "C" fn levels(player: *mut Player) -> *const f32 {
    // SAFETY: as above.
    unsafe { &mut *player }.levels().as_flattened().as_ptr()
}

/// Where the right channel of the last render is.
#[unsafe(no_mangle)]
unsafe extern "C" fn right(player: *const Player) -> *const f32 {
    // SAFETY: as above.
    unsafe { &*player }.right().as_ptr()
}
