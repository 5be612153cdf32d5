//! Files made of chunks: WAV and AIFF. Two chunks matter, what the sound is like and the sound.

use crate::Refusal;

/// More than any description of a sound takes up.
const LONGEST_DESCRIPTION: usize = 512;

pub(crate) fn wav(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    rebuilt(
        bytes,
        u32::from_le_bytes,
        u32::to_le_bytes,
        [b"fmt ", b"data"],
    )
}

pub(crate) fn aiff(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    rebuilt(
        bytes,
        u32::from_be_bytes,
        u32::to_be_bytes,
        [b"COMM", b"SSND"],
    )
}

/// A file of the same kind with the two chunks alone, their lengths true. A sound that ends before
/// its header says so is as long as it is.
fn rebuilt(
    bytes: &[u8],
    read: fn([u8; 4]) -> u32,
    written: fn(u32) -> [u8; 4],
    [description, sound]: [&[u8; 4]; 2],
) -> Result<Vec<u8>, Refusal> {
    let (marker, form) = match (bytes.get(..4), bytes.get(8..12)) {
        (Some(marker), Some(form)) => (marker, form),
        _ => return Err(Refusal::unreadable("its header is cut off")),
    };
    let mut described = None;
    let mut sounding = None;
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((header, body)) = rest.split_at_checked(8) {
        let length = header[4..].try_into().map(read).unwrap_or_default();
        let claimed = usize::try_from(length).unwrap_or(usize::MAX);
        let there = claimed.min(body.len());
        let (body, behind) = body.split_at(there);
        if &header[..4] == description && described.is_none() {
            described = Some(body);
        } else if &header[..4] == sound && sounding.is_none() {
            sounding = Some(body);
        }
        // Chunks begin at even places.
        rest = behind.get(claimed % 2..).unwrap_or_default();
    }
    let described = described.filter(|body| body.len() <= LONGEST_DESCRIPTION);
    let (Some(described), Some(sounding)) = (described, sounding) else {
        return Err(Refusal::unreadable("a part is missing"));
    };
    let mut file = Vec::with_capacity(32 + described.len() + sounding.len());
    file.extend_from_slice(marker);
    file.extend_from_slice(&[0; 4]);
    file.extend_from_slice(form);
    for (name, body) in [(description, described), (sound, sounding)] {
        file.extend_from_slice(name);
        file.extend_from_slice(&written(length(body.len())?));
        file.extend_from_slice(body);
        file.resize(file.len().next_multiple_of(2), 0);
    }
    let whole = length(file.len() - 8)?;
    file[4..8].copy_from_slice(&written(whole));
    Ok(file)
}

fn length(bytes: usize) -> Result<u32, Refusal> {
    u32::try_from(bytes).map_err(|_| Refusal::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8; 4], claimed: u32, body: &[u8]) -> Vec<u8> {
        [name, &claimed.to_le_bytes()[..], body].concat()
    }

    #[test]
    fn only_the_sound_and_what_it_is_like_are_left_and_lengths_are_made_true() {
        let file = [
            b"RIFF\xff\xff\xff\xffWAVE".to_vec(),
            chunk(b"LIST", 3, b"abc\0"),
            chunk(b"fmt ", 2, b"ff"),
            chunk(b"junk", 0, b""),
            chunk(b"data", u32::MAX, b"12345"),
        ]
        .concat();
        let whole = [
            b"RIFF\x1c\0\0\0WAVE".to_vec(),
            chunk(b"fmt ", 2, b"ff"),
            chunk(b"data", 5, b"12345\0"),
        ]
        .concat();
        assert_eq!(wav(&file), Ok(whole));
        for end in 0..file.len() - 5 - 8 {
            assert!(wav(&file[..end]).is_err(), "{end}");
        }
    }
}
