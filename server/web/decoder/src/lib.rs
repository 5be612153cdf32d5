//! The plugin's decoder for the browser, as one module that imports nothing: what a browser decodes
//! itself differs from browser to browser. An instance decodes one file; whoever sends a file that
//! makes it give up loses that instance alone.
#![expect(
    unsafe_code,
    reason = "exported names are global, and JavaScript knows a place in memory by its number alone"
)]

mod take;

use lockstep_decoder::{Sound, frames};

#[derive(Debug)]
struct Work {
    bytes: Vec<u8>,
    sound: Option<Sound>,
    refusal: String,
}

/// Room for so many bytes of a file: the work that the others take.
#[unsafe(no_mangle)]
extern "C" fn begin(bytes: usize) -> *mut Work {
    Box::into_raw(Box::new(Work {
        bytes: vec![0; bytes],
        sound: None,
        refusal: String::new(),
    }))
}

/// Where the bytes are to be written.
#[unsafe(no_mangle)]
unsafe extern "C" fn room(work: *mut Work) -> *mut u8 {
    // SAFETY: the caller passes what `begin` gave, and calls one function at a time.
    unsafe { &mut *work }.bytes.as_mut_ptr()
}

/// Decodes what was written. How many channels there are; none if it is no sample.
#[unsafe(no_mangle)]
unsafe extern "C" fn decode(work: *mut Work) -> usize {
    // SAFETY: as above.
    let work = unsafe { &mut *work };
    match frames(&work.bytes) {
        Ok(sound) => work.sound = Some(sound),
        Err(refusal) => work.refusal = refusal.to_string(),
    }
    work.sound.as_ref().map_or(0, |sound| sound.channels.len())
}

/// How many frames a second there are.
#[unsafe(no_mangle)]
unsafe extern "C" fn rate(work: *const Work) -> u32 {
    // SAFETY: as above.
    let sound = unsafe { &*work }.sound.as_ref();
    sound.map_or(0, |sound| sound.shape.rate.get())
}

/// How many frames there are in each channel.
#[unsafe(no_mangle)]
unsafe extern "C" fn length(work: *const Work) -> usize {
    // SAFETY: as above.
    let sound = unsafe { &*work }.sound.as_ref();
    sound
        .and_then(|sound| sound.channels.first())
        .map_or(0, Vec::len)
}

/// Where the frames of a channel are.
#[unsafe(no_mangle)]
unsafe extern "C" fn channel(work: *const Work, channel: usize) -> *const f32 {
    // SAFETY: as above.
    let sound = unsafe { &*work }.sound.as_ref();
    let channel = sound.and_then(|sound| sound.channels.get(channel));
    channel.map_or(core::ptr::null(), |frames| frames.as_ptr())
}

/// Where the words of a refusal are.
#[unsafe(no_mangle)]
unsafe extern "C" fn refusal(work: *const Work) -> *const u8 {
    // SAFETY: as above.
    unsafe { &*work }.refusal.as_ptr()
}

/// How many bytes of them there are.
#[unsafe(no_mangle)]
unsafe extern "C" fn refusal_length(work: *const Work) -> usize {
    // SAFETY: as above.
    unsafe { &*work }.refusal.len()
}
