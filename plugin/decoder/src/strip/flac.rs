//! FLAC: one block that says what the sound is like, others that are of no use here, and frames.

use crate::Refusal;

const MARKER: &[u8] = b"fLaC";
const STREAM_INFO_BYTES: usize = 34;
const LAST: u8 = 0x80;

pub(crate) fn frames(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let cut = || Refusal::unreadable("its header is cut off");
    let mut rest = bytes.strip_prefix(MARKER).ok_or(Refusal::NotAudio)?;
    let mut info = None;
    loop {
        let (header, body) = rest.split_at_checked(4).ok_or_else(cut)?;
        let length = u32::from_be_bytes([0, header[1], header[2], header[3]]);
        let length = usize::try_from(length).map_err(|_| cut())?;
        let (block, behind) = body.split_at_checked(length).ok_or_else(cut)?;
        rest = behind;
        match info {
            None if header[0] & !LAST == 0 && length == STREAM_INFO_BYTES => info = Some(block),
            None => {
                return Err(Refusal::unreadable(
                    "it does not begin with its stream info",
                ));
            }
            Some(_) => {}
        }
        if header[0] & LAST != 0 {
            break;
        }
    }
    let length = u8::try_from(STREAM_INFO_BYTES).expect("it is 34");
    Ok([
        MARKER,
        &[LAST, 0, 0, length],
        info.unwrap_or_default(),
        rest,
    ]
    .concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_comments_are_left_behind() {
        let info = [[0, 0, 0, 34].as_slice(), &[7; 34]].concat();
        let last = [[LAST, 0, 0, 34].as_slice(), &[7; 34]].concat();
        let picture = [[6 | LAST, 0, 1, 0].as_slice(), &[9; 256]].concat();
        let file = [MARKER, &info, &picture, b"frames"].concat();
        assert_eq!(frames(&file), Ok([MARKER, &last, b"frames"].concat()));
        assert!(
            frames(&file[..file.len() - 7]).is_err(),
            "a picture that is cut off"
        );
        assert!(frames(&[MARKER, &picture, &last].concat()).is_err());
    }
}
