//! `backup` and `restore`: everything a server keeps, in one file. A server that runs is asked to do
//! it, and goes on serving; the data of one that stands still is opened here.

mod presence;
mod remote;

pub(crate) use presence::Presence;

use crate::archive::{self, ArchiveError, Contents, Done};
use crate::clock::ServerClock;
use crate::samples::{PlaceError, Samples, Vault};
use crate::store::{EmbeddedStore, OpenError};
use lockstep_session::units::Span;
use remote::{Remote, RemoteError};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Handle;

/// Writes every session and sample to one file, while the server goes on if it runs.
#[derive(Clone, Debug, clap::Args)]
pub struct Backup {
    /// The file to write, such as lockstep.tar. It must not be there yet.
    #[arg(value_name = "FILE")]
    to: PathBuf,
}

/// Takes sessions and samples back from a backup, into a server that runs or one that stands still.
///
/// Sessions that are there already stay as they are, unless --replace is given. Nothing changes if
/// anything in the backup is damaged.
#[derive(Clone, Debug, clap::Args)]
pub struct Restore {
    /// The file that `backup` wrote.
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// Replaces sessions that are there already. Whoever is in one gets the restored document.
    #[arg(long)]
    replace: bool,
}

/// Where a server keeps what a backup holds.
#[derive(Clone, Debug)]
pub struct Kept {
    pub data: PathBuf,
    /// Where samples are, if not with the data.
    pub samples: Option<String>,
}

impl Kept {
    /// Opens what no server has open.
    fn open(&self) -> Result<(Arc<EmbeddedStore>, Samples), BackupError> {
        let store = Arc::new(EmbeddedStore::open(&self.data)?);
        let vault = Vault::at(&self.data, self.samples.as_deref())?;
        let samples = Samples::open(&self.data, vault, store.clone(), Span::ZERO);
        let samples = samples.map_err(|error| PlaceError::Folder(self.data.clone(), error))?;
        Ok((store, samples))
    }
}

/// Whether a server that uses this data answers.
pub(crate) fn is_running(data: &Path) -> bool {
    matches!(Remote::find(data), Ok(Some(_)))
}

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0} is there already; choose another name or move it away")]
    Exists(PathBuf),
    #[error("there is no data of a lockstep-server in {0}")]
    Nothing(PathBuf),
    #[error("{0} cannot be written: {1}")]
    Unwritable(PathBuf, #[source] std::io::Error),
    #[error("the backup {0} was not made: {1}")]
    NotMade(PathBuf, #[source] ArchiveError),
    #[error("the backup {0} was not used and nothing was changed: {1}")]
    Unusable(PathBuf, #[source] ArchiveError),
    #[error("the backup {0} was taken back in part; run it again: {1}")]
    Partly(PathBuf, #[source] ArchiveError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error(transparent)]
    Remote(#[from] RemoteError),
}

impl Backup {
    /// Blocks until it is done, and says what it did.
    pub fn run(&self, place: &Kept, runtime: &Handle) -> Result<String, BackupError> {
        let data = &place.data;
        let to = || self.to.clone();
        if self.to.exists() {
            return Err(BackupError::Exists(to()));
        }
        let unwritable = |error| BackupError::Unwritable(to(), error);
        let folder = self.to.parent().filter(|folder| *folder != Path::new(""));
        let draft = tempfile::Builder::new()
            .prefix(".lockstep-backup-")
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .map_err(unwritable)?;
        match Remote::find(data)? {
            Some(remote) => remote
                .backup(draft.as_file())
                .map_err(unwritable_or(&self.to))?,
            None => write(place, runtime, draft.as_file(), &self.to)?,
        }
        draft.as_file().sync_all().map_err(unwritable)?;
        // What cannot be read back is no backup.
        let contents =
            archive::check(draft.path()).map_err(|error| BackupError::NotMade(to(), error))?;
        draft
            .persist_noclobber(&self.to)
            .map_err(|error| unwritable(error.error))?;
        Ok(format!(
            "{}: {} sessions, {} samples",
            self.to.display(),
            contents.sessions,
            contents.samples
        ))
    }
}

fn unwritable_or(to: &Path) -> impl FnOnce(RemoteError) -> BackupError {
    let to = to.to_owned();
    move |error| match error {
        RemoteError::Local(error) => BackupError::Unwritable(to, error),
        error => error.into(),
    }
}

fn write(
    place: &Kept,
    runtime: &Handle,
    draft: &std::fs::File,
    to: &Path,
) -> Result<(), BackupError> {
    let data = &place.data;
    if !crate::store::is_there(data) {
        return Err(BackupError::Nothing(data.to_owned()));
    }
    let (store, samples) = place.open()?;
    let now = ServerClock::start().now();
    let not_made = |error| BackupError::NotMade(to.to_owned(), error);
    let mut written =
        archive::write(&store, &samples, runtime, now, BufWriter::new(draft)).map_err(not_made)?;
    written
        .flush()
        .map_err(|error| BackupError::Unwritable(to.to_owned(), error))
}

impl Restore {
    /// Blocks until it is done, and says what it did.
    pub fn run(&self, place: &Kept, runtime: &Handle) -> Result<String, BackupError> {
        let data = &place.data;
        let contents = archive::check(&self.from)
            .map_err(|error| BackupError::Unusable(self.from.clone(), error))?;
        let done = match Remote::find(data)? {
            Some(remote) => remote.restore(&self.from, self.replace)?,
            None => {
                let (store, samples) = place.open()?;
                let nobody = |_| {};
                archive::restore(&store, &samples, &self.from, self.replace, runtime, nobody)
                    .map_err(|error| BackupError::Partly(self.from.clone(), error))?
            }
        };
        Ok(told(&self.from, &contents, &done))
    }
}

fn told(from: &Path, contents: &Contents, done: &Done) -> String {
    let Done {
        added,
        replaced,
        kept,
        samples,
    } = done;
    let mut text = format!(
        "{}, made by version {}: {added} of {} sessions added, {replaced} replaced, {kept} kept as \
         they are; {samples} of {} samples added",
        from.display(),
        contents.manifest.version,
        contents.sessions,
        contents.samples
    );
    if *kept > 0 {
        text.push_str("\nSessions that were there already were kept; --replace replaces them.");
    }
    text
}
