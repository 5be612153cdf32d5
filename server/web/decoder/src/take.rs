//! What is done to a recording, for JavaScript: how it looks, where it is struck, and the bytes of a
//! sample.
#![expect(
    unsafe_code,
    reason = "exported names are global, and JavaScript knows a place in memory by its number alone"
)]

use lockstep_offline::{Cut, Take};

#[derive(Debug)]
struct Work {
    rate: u32,
    /// The channels as they are being written.
    room: Vec<Vec<f32>>,
    take: Take,
    outline: Vec<f32>,
    onsets: Vec<u32>,
    file: Vec<u8>,
}

/// Room for a recording: the work that the others take.
#[unsafe(no_mangle)]
extern "C" fn take_begin(rate: u32, channels: usize, frames: usize) -> *mut Work {
    Box::into_raw(Box::new(Work {
        rate,
        room: vec![vec![0.0; frames]; channels.min(2)],
        take: Take::new(rate, Vec::new()),
        outline: Vec::new(),
        onsets: Vec::new(),
        file: Vec::new(),
    }))
}

/// Where the frames of a channel are to be written.
#[unsafe(no_mangle)]
unsafe extern "C" fn take_room(work: *mut Work, channel: usize) -> *mut f32 {
    // SAFETY: the caller passes what `take_begin` gave, and calls one function at a time.
    let room = unsafe { &mut *work }.room.get_mut(channel);
    room.map_or(core::ptr::null_mut(), |frames| frames.as_mut_ptr())
}

/// The channels are written.
#[unsafe(no_mangle)]
unsafe extern "C" fn take_is_there(work: *mut Work) {
    // SAFETY: as above.
    let work = unsafe { &mut *work };
    work.take = Take::new(work.rate, std::mem::take(&mut work.room));
}

/// Where the highest values of so many stretches are.
#[unsafe(no_mangle)]
unsafe extern "C" fn take_outline(work: *mut Work, columns: usize) -> *const f32 {
    // SAFETY: as above.
    let work = unsafe { &mut *work };
    work.outline = work.take.outline(columns);
    work.outline.as_ptr()
}

/// Finds where something is struck. How often.
#[unsafe(no_mangle)]
unsafe extern "C" fn take_onsets(
    work: *mut Work,
    from: usize,
    to: usize,
    sensitivity: u32,
    most: usize,
) -> usize {
    // SAFETY: as above.
    let work = unsafe { &mut *work };
    let sensitivity = u8::try_from(sensitivity).unwrap_or(u8::MAX);
    let found = work.take.onsets(&(from..to.max(from)), sensitivity, most);
    work.onsets = found
        .into_iter()
        .filter_map(|frame| u32::try_from(frame).ok())
        .collect();
    work.onsets.len()
}

/// The frames at which something is struck.
#[unsafe(no_mangle)]
unsafe extern "C" fn take_frames(work: *const Work) -> *const u32 {
    // SAFETY: as above.
    unsafe { &*work }.onsets.as_ptr()
}

/// Makes a file of what is kept. How many bytes it has; none if it cannot be one.
#[unsafe(no_mangle)]
unsafe extern "C" fn take_file(
    work: *mut Work,
    from: usize,
    to: usize,
    is_normalised: bool,
) -> usize {
    // SAFETY: as above.
    let work = unsafe { &mut *work };
    let cut = Cut {
        kept: from..to.max(from),
        is_normalised,
    };
    work.file = work.take.wav(&cut).unwrap_or_default();
    work.file.len()
}

/// Where the bytes of the file are.
#[unsafe(no_mangle)]
unsafe extern "C" fn take_bytes(work: *const Work) -> *const u8 {
    // SAFETY: as above.
    unsafe { &*work }.file.as_ptr()
}
