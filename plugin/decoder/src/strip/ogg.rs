//! Ogg: pages with checksums. Only a file with one stream, page behind page, is taken, so that
//! whoever reads it never has to search for a page among others' bytes.

use super::vorbis;
use crate::Refusal;

const HEADER_BYTES: usize = 27;
const FIRST: u8 = 2;
/// Headers of a sound with a large picture in its comments fit.
const MOST_HEADER_BYTES: usize = 8 * 1024 * 1024;

/// One page.
struct Page<'b> {
    flags: u8,
    serial: [u8; 4],
    /// How long each piece is; a packet goes on in the next one after a piece of 255.
    pieces: &'b [u8],
    body: &'b [u8],
    bytes: usize,
}

impl<'b> Page<'b> {
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let header = bytes.get(..HEADER_BYTES)?;
        if !header.starts_with(b"OggS\0") {
            return None;
        }
        let pieces = bytes.get(HEADER_BYTES..HEADER_BYTES + usize::from(header[26]))?;
        let length = pieces
            .iter()
            .map(|piece| usize::from(*piece))
            .sum::<usize>();
        let begin = HEADER_BYTES + pieces.len();
        let body = bytes.get(begin..begin + length)?;
        let whole = bytes.get(..begin + length)?;
        (checksum(whole) == header[22..26]).then_some(Self {
            flags: header[5],
            serial: [header[14], header[15], header[16], header[17]],
            pieces,
            body,
            bytes: whole.len(),
        })
    }
}

/// The whole pages from the beginning on, if they are one Vorbis stream of reasonable needs.
pub(crate) fn one_stream(bytes: &[u8]) -> Result<&[u8], Refusal> {
    let mut headers = Headers::default();
    let mut serial = None;
    let mut end = 0;
    while let Some(page) = Page::read(&bytes[end..]) {
        let is_first = page.flags & FIRST != 0;
        if is_first != serial.is_none() || serial.is_some_and(|serial| serial != page.serial) {
            return Err(Refusal::unreadable("it holds more than one stream"));
        }
        serial = Some(page.serial);
        headers.hear(&page)?;
        end += page.bytes;
    }
    match headers.packets.as_slice() {
        [_, comments, setup] if comments.starts_with(b"\x03vorbis") => vorbis::check_setup(setup)?,
        _ => return Err(Refusal::unreadable("its headers are not those of Vorbis")),
    }
    Ok(&bytes[..end])
}

/// The first three packets.
#[derive(Default)]
struct Headers {
    packets: Vec<Vec<u8>>,
    open: Vec<u8>,
}

impl Headers {
    fn hear(&mut self, page: &Page<'_>) -> Result<(), Refusal> {
        let mut body = page.body;
        for piece in page.pieces {
            if self.packets.len() == 3 {
                break;
            }
            let (bytes, rest) = body.split_at(usize::from(*piece));
            body = rest;
            self.open.extend_from_slice(bytes);
            if *piece < 255 {
                self.packets.push(std::mem::take(&mut self.open));
            } else if self.open.len() > MOST_HEADER_BYTES {
                return Err(Refusal::unreadable("its headers have no end"));
            }
        }
        Ok(())
    }
}

/// CRC-32 as Ogg has it: from the highest bit down, with the checksum's own place taken as zero.
fn checksum(page: &[u8]) -> [u8; 4] {
    let step = |sum: u32, byte: u8| {
        let [_, _, _, top] = sum.to_le_bytes();
        sum << 8 ^ TABLE[usize::from(top ^ byte)]
    };
    let bytes = page.iter().enumerate();
    let bytes = bytes.map(|(at, byte)| if (22..26).contains(&at) { 0 } else { *byte });
    bytes.fold(0, step).to_le_bytes()
}

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut top = 0;
    let mut index = 0;
    while index < 256 {
        let mut sum: u32 = top;
        let mut bit = 0;
        while bit < 8 {
            let carry = sum >> 31;
            sum <<= 1;
            if carry == 1 {
                sum ^= 0x04c1_1db7;
            }
            bit += 1;
        }
        table[index] = sum;
        index += 1;
        top = top.wrapping_add(1 << 24);
    }
    table
}
