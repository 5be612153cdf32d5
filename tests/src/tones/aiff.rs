//! AIFF files of sixteen bits.

use super::Tone;

pub fn aiff(tone: Tone) -> Vec<u8> {
    let mut description = Vec::new();
    description.extend_from_slice(&tone.channels.to_be_bytes());
    description.extend_from_slice(&tone.frames.to_be_bytes());
    description.extend_from_slice(&16_u16.to_be_bytes());
    description.extend_from_slice(&extended(tone.rate));
    // The sound begins at once and is not aligned to anything.
    let mut sound = vec![0; 8];
    sound.extend(tone.values().flat_map(i16::to_be_bytes));
    let chunks = [chunk(b"COMM", &description), chunk(b"SSND", &sound)].concat();
    chunk(b"FORM", &[b"AIFF".as_slice(), &chunks].concat())
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a test's file is small");
    [name.as_slice(), &length.to_be_bytes(), body].concat()
}

/// A whole number as a floating point number of eighty bits.
fn extended(number: u32) -> [u8; 10] {
    let shift = number.leading_zeros();
    let exponent = u16::try_from(16_383 + 31 - shift).expect("it is small");
    let mut bytes = [0; 10];
    bytes[..2].copy_from_slice(&exponent.to_be_bytes());
    bytes[2..6].copy_from_slice(&(number << shift).to_be_bytes());
    bytes
}
