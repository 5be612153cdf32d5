//! MP3: frames one behind the other, with tags before and after them that only say what it is called.

const TAG_BEFORE_BYTES: usize = 10;
const OLD_TAG_BYTES: usize = 128;
const TAG_BEHIND_BYTES: usize = 32;
/// Kilobits a second, of MPEG 1 and of the later ones with lower rates.
const BIT_RATES: [[usize; 14]; 2] = [
    [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const RATES: [usize; 3] = [44_100, 48_000, 32_000];

/// What follows the tags at a file's beginning. Other files carry them too.
pub(crate) fn behind_tags(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let Some(header) = rest.get(..TAG_BEFORE_BYTES)
        && header.starts_with(b"ID3")
        && header[6..].iter().all(|byte| byte & 0x80 == 0)
    {
        let length = header[6..]
            .iter()
            .fold(0, |length, byte| length << 7 | usize::from(*byte));
        let footer = if header[5] & 0x10 != 0 {
            TAG_BEFORE_BYTES
        } else {
            0
        };
        rest = rest
            .get(TAG_BEFORE_BYTES + length + footer..)
            .unwrap_or_default();
        // Some pad their tags without counting it.
        let padding = rest.iter().take_while(|byte| **byte == 0).count();
        rest = &rest[padding..];
    }
    rest
}

/// What lies before the tags at a file's end.
pub(crate) fn before_tags(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    if let Some(at) = rest.len().checked_sub(OLD_TAG_BYTES)
        && rest[at..].starts_with(b"TAG")
    {
        rest = &rest[..at];
    }
    if let Some(at) = rest.len().checked_sub(TAG_BEHIND_BYTES)
        && rest[at..].starts_with(b"APETAGEX")
    {
        let footer = &rest[at..];
        let length = u32::from_le_bytes([footer[12], footer[13], footer[14], footer[15]]);
        let header = if footer[23] & 0x80 != 0 {
            TAG_BEHIND_BYTES
        } else {
            0
        };
        let length = usize::try_from(length)
            .unwrap_or(usize::MAX)
            .saturating_add(header);
        rest = rest
            .len()
            .checked_sub(length)
            .map_or(rest, |end| &rest[..end]);
    }
    rest
}

/// Whether a frame begins here and, unless it is the last, another behind it.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    let Some(length) = frame_bytes(bytes) else {
        return false;
    };
    match bytes.get(length..) {
        Some([]) => true,
        Some(next) => next.starts_with(b"TAG") || frame_bytes(next).is_some(),
        None => false,
    }
}

/// How long a layer III frame is, by its header.
fn frame_bytes(bytes: &[u8]) -> Option<usize> {
    let &[sync, kind, rates, _] = bytes.first_chunk()?;
    let is_layer_three = kind & 0b110 == 0b010;
    if sync != 0xff || kind & 0xe0 != 0xe0 || !is_layer_three {
        return None;
    }
    let (later, divisor) = match kind >> 3 & 0b11 {
        0b11 => (0, 1),
        0b10 => (1, 2),
        0b00 => (1, 4),
        _ => return None,
    };
    let bit_rate = usize::from(rates >> 4).checked_sub(1)?;
    let bits = BIT_RATES[later].get(bit_rate)? * 1_000;
    let rate = RATES.get(usize::from(rates >> 2 & 0b11))? / divisor;
    let padding = usize::from(rates >> 1 & 1);
    let bytes_of_a_frame = if later == 0 { 144 } else { 72 };
    Some(bytes_of_a_frame * bits / rate + padding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_before_and_behind_are_left_out_even_several_and_cut_ones() {
        let tag = b"ID3\x04\0\0\0\0\x01\x02".to_vec();
        let tagged = [
            tag.clone(),
            vec![1; 130],
            vec![0; 5],
            tag.clone(),
            vec![2; 130],
            b"sound".to_vec(),
        ]
        .concat();
        assert_eq!(behind_tags(&tagged), b"sound");
        assert_eq!(behind_tags(&tag), b"");
        let old = [b"TAG".as_slice(), &[b' '; 125]].concat();
        let footer = [b"APETAGEX\xd0\x07\0\0\x21\0\0\0".as_slice(), &[0; 16]].concat();
        let ape = [[1; 1].as_slice(), &footer].concat();
        assert_eq!(
            before_tags(&[b"sound".as_slice(), &ape, &old].concat()),
            b"sound"
        );
        assert_eq!(before_tags(b"sound"), b"sound");
    }

    #[test]
    fn a_frame_is_as_long_as_its_header_says() {
        // 128 kilobits at 44.1 kHz; 8 kilobits at 8 kHz.
        assert_eq!(frame_bytes(&[0xff, 0xfb, 0x90, 0]), Some(417));
        assert_eq!(frame_bytes(&[0xff, 0xfb, 0x92, 0]), Some(418));
        assert_eq!(frame_bytes(&[0xff, 0xe3, 0x18, 0]), Some(72));
        for wrong in [
            [0xff, 0xfd, 0x90, 0],
            [0xff, 0xfb, 0xf0, 0],
            [0xff, 0xfb, 0x0c, 0],
            [0xfe, 0xfb, 0x90, 0],
        ] {
            assert_eq!(frame_bytes(&wrong), None, "{wrong:x?}");
        }
    }
}
