//! The folder of this machine's Lockstep: one file that remembers, and room for samples and for a
//! server's data. Nothing here fails: what cannot be read is made anew, what cannot be written is not.

use super::Record;
use lockstep_session::ids::SampleId;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

const FILE: &str = "lockstep.json";
/// Far more than the file ever holds.
const LARGEST_FILE: u64 = 256 * 1024;
/// What samples may take up here: many sessions' worth.
const MOST_SAMPLE_BYTES: u64 = 1024 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

/// The systems we run on differ in where they keep such things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Linux,
    Mac,
    Windows,
}

impl System {
    const THIS: System = if cfg!(target_os = "macos") {
        System::Mac
    } else if cfg!(windows) {
        System::Windows
    } else {
        System::Linux
    };
}

impl Folder {
    /// Where this system keeps a user's settings; `LOCKSTEP_HOME` says otherwise.
    pub(crate) fn of_system() -> Option<Self> {
        let path = path_of(System::THIS, |name| std::env::var_os(name))?;
        Some(Self::at(path))
    }

    pub(crate) fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Bytes of samples, each under its hash.
    pub(crate) fn samples(&self) -> PathBuf {
        self.path.join("samples")
    }

    /// The data of a server that runs in here.
    pub(crate) fn server(&self) -> PathBuf {
        self.path.join("server")
    }

    /// A sample that was here before, if it is whole.
    pub(crate) fn sample(&self, id: SampleId) -> Option<Vec<u8>> {
        let bytes = fs::read(self.samples().join(id.hex())).ok()?;
        (SampleId::of(&bytes) == id).then_some(bytes)
    }

    /// Keeps a sample for as long as there is room. Where it cannot be kept it is fetched again.
    pub(crate) fn keep_sample(&self, id: SampleId, bytes: &[u8]) {
        let folder = self.samples();
        let kept = fs::create_dir_all(&folder).and_then(|()| {
            make_room(&folder, bytes.len())?;
            write_whole(&folder.join(id.hex()), bytes)
        });
        drop(kept);
    }

    pub(super) fn read(&self) -> Option<Record> {
        let file = self.file();
        let is_plausible = fs::metadata(&file).is_ok_and(|found| found.len() <= LARGEST_FILE);
        let text = is_plausible.then(|| fs::read(&file).ok())??;
        serde_json::from_slice(&text).ok()
    }

    /// What is remembered, or a beginning. Of several processes that begin at once one is first, and
    /// the others are whoever that one is.
    pub(super) fn open(&self) -> Record {
        if let Some(record) = self.read() {
            return record;
        }
        let fresh = Record::fresh();
        if self.file().exists() {
            // It is damaged. Nobody can use it, so it need not be spared.
            self.write(&fresh);
            return fresh;
        }
        let draft = self.draft(&fresh);
        let is_first = draft.and_then(|draft| {
            let linked = fs::hard_link(&draft, self.file());
            let outcome = match linked {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
                Err(_) => fs::rename(&draft, self.file()).map(|()| true),
                Ok(()) => Ok(true),
            };
            // After a rename it is gone already.
            let _gone = fs::remove_file(&draft);
            outcome
        });
        match is_first {
            Ok(false) => self.read().unwrap_or(fresh),
            _ => fresh,
        }
    }

    pub(super) fn write(&self, record: &Record) {
        let written = self
            .draft(record)
            .and_then(|draft| replace(&draft, &self.file()));
        // Where nothing can be kept, this process goes on with what it has in memory.
        drop(written);
    }

    fn file(&self) -> PathBuf {
        self.path.join(FILE)
    }

    /// The whole file beside its place.
    fn draft(&self, record: &Record) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.path)?;
        let text = serde_json::to_vec_pretty(record)?;
        let draft = draft_of(&self.file());
        write_private(&draft, &text).inspect_err(|_| drop(fs::remove_file(&draft)))?;
        Ok(draft)
    }
}

/// Takes away what was used least recently, until there is room for so many bytes more.
fn make_room(folder: &Path, bytes: usize) -> io::Result<()> {
    let mut files = Vec::new();
    let mut used = u64::try_from(bytes).unwrap_or(u64::MAX);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        used = used.saturating_add(found.len());
        files.push((found.modified()?, found.len(), entry.path()));
    }
    files.sort();
    for (_, length, path) in files {
        if used <= MOST_SAMPLE_BYTES {
            break;
        }
        fs::remove_file(path)?;
        used = used.saturating_sub(length);
    }
    Ok(())
}

/// Writes a file that appears under its name only once it is whole, in place of one that is there.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = draft_of(path);
    write_private(&draft, bytes)
        .and_then(|()| replace(&draft, path))
        .inspect_err(|_| drop(fs::remove_file(&draft)))
}

fn replace(draft: &Path, path: &Path) -> io::Result<()> {
    fs::rename(draft, path).inspect_err(|_| drop(fs::remove_file(draft)))
}

/// A name that no other thread or process writes to.
fn draft_of(path: &Path) -> PathBuf {
    static DRAFTS: AtomicU32 = AtomicU32::new(0);
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{number}.part", std::process::id()));
    path.with_file_name(name)
}

/// Nobody else may read it: whoever has the token is us.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_data()
}

fn path_of(system: System, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name: &str| {
        let value = variable(name).filter(|value| !value.is_empty())?;
        Some(PathBuf::from(value))
    };
    if let Some(chosen) = path("LOCKSTEP_HOME") {
        return Some(chosen);
    }
    match system {
        System::Linux => path("XDG_CONFIG_HOME")
            .filter(|config| config.is_absolute())
            .or_else(|| Some(path("HOME")?.join(".config")))
            .map(|config| config.join("lockstep")),
        System::Mac => Some(path("HOME")?.join("Library/Application Support/Lockstep")),
        System::Windows => Some(path("APPDATA")?.join("Lockstep")),
    }
}

/// The user's own folder.
pub(super) fn home() -> PathBuf {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    home.map_or_else(std::env::temp_dir, PathBuf::from)
}

/// Where exports go until somebody says otherwise: with a user's music, where there is such a place.
pub(super) fn exports() -> PathBuf {
    let home = home();
    let music = home.join("Music");
    if music.is_dir() {
        music.join("Lockstep")
    } else {
        home.join("Lockstep")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_place_and_the_variable_says_otherwise() {
        let variables = |name: &str| match name {
            "HOME" => Some(OsString::from("/home/ada")),
            "APPDATA" => Some(OsString::from("C:/Users/ada/AppData")),
            _ => None,
        };
        let path = |system| path_of(system, variables).expect("a place");
        assert_eq!(path(System::Linux), Path::new("/home/ada/.config/lockstep"));
        let mac = "/home/ada/Library/Application Support/Lockstep";
        assert_eq!(path(System::Mac), Path::new(mac));
        let windows = Path::new("C:/Users/ada/AppData").join("Lockstep");
        assert_eq!(path(System::Windows), windows);
        let chosen = path_of(System::Linux, |name| {
            Some(OsString::from(match name {
                "LOCKSTEP_HOME" => "/tmp/house",
                _ => "/elsewhere",
            }))
        });
        assert_eq!(chosen.as_deref(), Some(Path::new("/tmp/house")));
        assert_eq!(path_of(System::Linux, |_| None), None);
    }
}
