//! What is in this machine's folders, for somebody who looks for an audio file. It must not know who
//! asks, and nothing in it fails: what cannot be looked into says why.

use crate::view::{FileKind, FileView, FolderView};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Of a folder with more in it, the first so many by name.
const MOST: usize = 2_000;
/// What the decoder reads is called one of these.
const ENDINGS: [&str; 8] = ["wav", "wave", "flac", "mp3", "ogg", "oga", "aif", "aiff"];
/// Where people keep files, as every system names it.
const PLACES: [&str; 5] = ["Desktop", "Documents", "Downloads", "Music", "Samples"];
/// Where drives appear on systems that give them no letters, for everyone or in a folder of the user's.
const DRIVES: [&str; 2] = ["/Volumes", "/mnt"];
const DRIVES_OF_USERS: [&str; 2] = ["/media", "/run/media"];

/// A folder that was here before, or else where a search begins, and everywhere one may go from there.
pub(crate) fn begin_to_look(before: Option<PathBuf>) -> FolderView {
    let home = super::folder::home();
    let usual = [before, Some(home.join("Music"))];
    let mut folders = usual.into_iter().flatten().filter(|path| path.is_dir());
    let folder = folders.next().unwrap_or_else(|| home.clone());
    look_into(folder, places(&home).into())
}

pub(crate) fn look_into(path: PathBuf, places: Arc<[PathBuf]>) -> FolderView {
    let (files, left_out) = match listed(&path) {
        Ok((files, left_out)) => (Ok(files), left_out),
        Err(error) => (Err(error.to_string()), 0),
    };
    FolderView {
        path,
        files,
        left_out,
        places,
    }
}

/// Folders come first. How many there was no room for comes with them.
fn listed(folder: &Path) -> io::Result<(Vec<FileView>, usize)> {
    let mut files: Vec<FileView> = fs::read_dir(folder)?
        .filter_map(|entry| seen(&entry.ok()?))
        .collect();
    files.sort_by_cached_key(|file| {
        let is_folder = file.kind == FileKind::Folder;
        (!is_folder, in_order(&file.name), file.name.clone())
    });
    let left_out = files.len().saturating_sub(MOST);
    files.truncate(MOST);
    Ok((files, left_out))
}

/// What is hidden, what is gone already and what cannot be audio is not shown.
fn seen(entry: &fs::DirEntry) -> Option<FileView> {
    let (path, name) = (entry.path(), entry.file_name());
    let name = name.to_string_lossy().into_owned();
    if name.starts_with(['.', '$']) {
        return None;
    }
    let is_called_audio = path
        .extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| {
            ENDINGS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(ending))
        });
    let kind = entry.file_type().ok()?;
    let kind = if kind.is_dir() {
        FileKind::Folder
    } else if kind.is_symlink() || is_called_audio {
        let found = fs::metadata(&path).ok()?;
        match (found.is_dir(), found.is_file() && is_called_audio) {
            (true, _) => FileKind::Folder,
            (false, true) => FileKind::Audio { bytes: found.len() },
            (false, false) => return None,
        }
    } else {
        return None;
    };
    Some(FileView { name, path, kind })
}

/// A piece of a name, as names are put in order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Number(u128),
    Letter(char),
}

/// Letters of either case are alike, and numbers count as numbers: `Kick 2` stands before `kick 10`.
fn in_order(name: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        let digit = letter.to_digit(10).map(u128::from);
        match (digit, pieces.last_mut()) {
            (Some(digit), Some(Piece::Number(number))) => {
                *number = number.saturating_mul(10).saturating_add(digit);
            }
            (Some(digit), _) => pieces.push(Piece::Number(digit)),
            (None, _) => pieces.push(Piece::Letter(letter)),
        }
    }
    pieces
}

/// A user's own folders and drives, of those that there are.
fn places(home: &Path) -> Vec<PathBuf> {
    let own = PLACES.map(|name| home.join(name));
    let letters = (b'C'..=b'Z').map(|letter| PathBuf::from(format!("{}:\\", char::from(letter))));
    let letters = letters.filter(|_| cfg!(windows));
    let all = std::iter::once(home.to_path_buf())
        .chain(own)
        .chain(letters);
    let mut places: Vec<PathBuf> = all.filter(|place| place.is_dir()).collect();
    let user = home.file_name().unwrap_or_default();
    let of_user = DRIVES_OF_USERS.map(|drives| Path::new(drives).join(user));
    for drives in DRIVES.map(PathBuf::from).iter().chain(&of_user) {
        places.extend(within(drives));
    }
    places
}

/// The first few folders in a folder.
fn within(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = found
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.truncate(8);
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(folder: &Path) -> FolderView {
        look_into(folder.to_path_buf(), Arc::default())
    }

    fn names(folder: &FolderView) -> Vec<&str> {
        let files = folder.files.as_ref().expect("it can be looked into");
        files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn a_folder_shows_its_folders_and_its_audio_files_in_the_order_of_people() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in [
            "kick 10.wav",
            "Kick 2.WAV",
            "snare.flac",
            "9 toms.aif",
            "notes.txt",
            ".hidden.wav",
            "bare",
        ] {
            fs::write(at(name), b"four").unwrap();
        }
        for name in ["takes.wav", "Archive", ".git"] {
            fs::create_dir(at(name)).unwrap();
        }
        let view = look(folder.path());
        assert_eq!(
            names(&view),
            [
                "Archive",
                "takes.wav",
                "9 toms.aif",
                "Kick 2.WAV",
                "kick 10.wav",
                "snare.flac"
            ]
        );
        let files = view.files.unwrap();
        assert_eq!(files[1].kind, FileKind::Folder);
        assert_eq!(files[2].kind, FileKind::Audio { bytes: 4 });
        assert_eq!(files[2].path, at("9 toms.aif"));
        assert_eq!(view.left_out, 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_what_it_leads_to_and_one_that_leads_nowhere_is_not_shown() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("real.wav"), b"four").unwrap();
        symlink(at("real.wav"), at("linked.wav")).unwrap();
        symlink(at("real.wav"), at("linked.txt")).unwrap();
        symlink(at("gone.wav"), at("lost.wav")).unwrap();
        symlink(folder.path(), at("itself")).unwrap();
        let view = look(folder.path());
        assert_eq!(names(&view), ["itself", "linked.wav", "real.wav"]);
        assert_eq!(names(&look(&at("itself"))), names(&view));
    }

    #[test]
    fn a_folder_of_thousands_shows_as_many_as_can_be_read_and_says_how_many_more_there_are() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..MOST + 3 {
            fs::write(folder.path().join(format!("{number}.wav")), b"").unwrap();
        }
        let view = look(folder.path());
        assert_eq!(names(&view).len(), MOST);
        assert_eq!(names(&view).last(), Some(&"1999.wav"));
        assert_eq!(view.left_out, 3);
    }

    #[test]
    fn what_is_no_folder_says_so_and_a_search_begins_where_there_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let file = folder.path().join("a.wav");
        fs::write(&file, b"four").unwrap();
        for path in [&gone, &file] {
            let view = look(path);
            assert!(!view.files.unwrap_err().is_empty());
        }
        let before = begin_to_look(Some(folder.path().to_path_buf()));
        assert_eq!(before.path, folder.path());
        for before in [None, Some(gone)] {
            let usual = begin_to_look(before);
            assert!(usual.path.is_dir() && !usual.places.is_empty(), "{usual:?}");
        }
    }
}
