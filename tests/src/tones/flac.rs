//! FLAC files of sixteen bits, without any cleverness: every frame holds its values as they are, or
//! one value for all of it.

use super::Tone;

/// How a file differs from an honest one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flac {
    /// So many frames are promised in place of those that are there.
    pub promised: Option<u64>,
    /// Every frame says in a few bytes that nothing changes for 65,535 values.
    pub is_bomb: bool,
    /// A picture of so many bytes stands before the sound.
    pub picture: u32,
}

const BLOCK: u32 = 1024;
const BOMB_BLOCK: u32 = 65_535;

pub fn flac(tone: Tone, how: Flac) -> Vec<u8> {
    let block = if how.is_bomb { BOMB_BLOCK } else { BLOCK };
    let mut info = Bits::default();
    info.put(u64::from(block), 16);
    info.put(u64::from(block), 16);
    // No frame's length is told.
    info.put(0, 48);
    info.put(u64::from(tone.rate), 20);
    info.put(u64::from(tone.channels - 1), 3);
    info.put(15, 5);
    info.put(how.promised.unwrap_or(u64::from(tone.frames)), 36);
    // Nor is the checksum of the sound.
    info.put(0, 64);
    info.put(0, 64);
    let mut file = b"fLaC\x00\0\0\x22".to_vec();
    file.extend(info.bytes);
    if how.picture > 0 {
        let [_, length @ ..] = how.picture.to_be_bytes();
        file.push(6);
        file.extend(length);
        file.resize(
            file.len() + usize::try_from(how.picture).expect("small"),
            0xff,
        );
    }
    // An empty block of padding comes last.
    file.extend([0x81, 0, 0, 0]);
    let mut first = 0;
    let mut number = 0;
    while first < tone.frames {
        let last = tone.frames.min(first + block);
        file.extend(frame(tone, first..last, number, how.is_bomb));
        (first, number) = (last, number + 1);
    }
    file
}

fn frame(tone: Tone, frames: std::ops::Range<u32>, number: u32, is_bomb: bool) -> Vec<u8> {
    let count = frames.end - frames.start;
    let mut bits = Bits::default();
    bits.put(0xfff8, 16);
    // The number of values and the rate are told: behind the header, and in the stream info.
    bits.put(0b0111, 4);
    bits.put(0b0000, 4);
    bits.put(u64::from(tone.channels - 1), 4);
    bits.put(0b1000, 4);
    let mut place = [0; 4];
    let number = char::from_u32(number).expect("few enough frames to be counted like this");
    for byte in number.encode_utf8(&mut place).bytes() {
        bits.put(u64::from(byte), 8);
    }
    bits.put(u64::from(count - 1), 16);
    bits.put(u64::from(crc8(&bits.bytes)), 8);
    for channel in 0..tone.channels {
        if is_bomb {
            bits.put(0, 8);
            bits.put(7, 16);
            continue;
        }
        bits.put(0b0000_0010, 8);
        for frame in frames.clone() {
            let [high, low] = tone.value(frame, channel).to_be_bytes();
            bits.put(u64::from(high), 8);
            bits.put(u64::from(low), 8);
        }
    }
    let sum = crc16(&bits.bytes);
    bits.put(u64::from(sum), 16);
    bits.bytes
}

/// Bits from the highest of each byte down.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u8,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u64, width: u32) {
        for place in (0..width).rev() {
            let bit = u8::from(value.checked_shr(place).unwrap_or(0) & 1 == 1);
            self.open = self.open << 1 | bit;
            self.count += 1;
            if self.count.is_multiple_of(8) {
                self.bytes.push(std::mem::take(&mut self.open));
            }
        }
    }
}

fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum: u8, byte| {
        (0..8).fold(sum ^ byte, |sum, _| {
            sum << 1 ^ if sum & 0x80 != 0 { 0x07 } else { 0 }
        })
    })
}

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum: u16, byte| {
        (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| {
            sum << 1 ^ if sum & 0x8000 != 0 { 0x8005 } else { 0 }
        })
    })
}
