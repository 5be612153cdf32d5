//! The files that a text names, as file managers write it.

use percent_encoding::percent_decode_str;
use std::path::PathBuf;

/// The files of what was pasted or dropped: a path, a quoted path, or a list of addresses, whose
/// comments begin with `#`.
pub(in crate::editor) fn paths(text: &str) -> Vec<PathBuf> {
    let text = text.trim_matches(|sign: char| sign.is_whitespace() || sign == '\0');
    // A field of one line makes its line breaks spaces, and some programs leave spaces in addresses.
    let text = text.replace(" file://", "\nfile://");
    let parts = text.lines().filter(|part| !part.starts_with('#'));
    let paths = parts.map(|part| {
        let part = part.trim().trim_matches(['"', '\'']);
        match part.strip_prefix("file://") {
            Some(address) => decoded(address),
            None => part.to_owned(),
        }
    });
    paths
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .collect()
}

/// An address's path on this machine, its percent signs read.
fn decoded(address: &str) -> String {
    let address = address.strip_prefix("localhost").unwrap_or(address);
    let path = percent_decode_str(address).decode_utf8_lossy().into_owned();
    // `file:///C:/takes` names a drive, not a folder of the root.
    let is_drive = path.as_bytes().get(2) == Some(&b':') && path.starts_with('/');
    if is_drive { path[1..].to_owned() } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pasted: &str) -> Vec<String> {
        let paths = paths(pasted);
        paths
            .iter()
            .map(|path| path.display().to_string())
            .collect()
    }

    #[test]
    fn a_path_is_read_however_it_was_copied() {
        assert_eq!(read("  /takes/my kick.wav "), ["/takes/my kick.wav"]);
        assert_eq!(read("\"C:\\takes\\kick.wav\""), ["C:\\takes\\kick.wav"]);
        assert_eq!(read("file:///takes/my%20kick.wav"), ["/takes/my kick.wav"]);
        assert_eq!(read("file:///C:/takes/kick.wav"), ["C:/takes/kick.wav"]);
        assert_eq!(
            read("file:///a.wav\r\nfile:///b%C3%A9.wav"),
            ["/a.wav", "/b\u{e9}.wav"]
        );
        assert_eq!(
            read("file:///my kick.wav file:///b.wav"),
            ["/my kick.wav", "/b.wav"]
        );
        assert_eq!(read("file:///100%.wav"), ["/100%.wav"]);
        assert_eq!(read("file://localhost/a.wav\r\n\0"), ["/a.wav"]);
        assert_eq!(read("# two takes\r\nfile:///a.wav"), ["/a.wav"]);
        assert_eq!(read(" \n "), Vec::<String>::new());
    }
}
