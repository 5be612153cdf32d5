//! What the editor shows of the session: a value made by the network thread, read by the editor.

use crate::macros::MacroTargets;
use crate::network::Address;
use lockstep_session::document::Document;
use lockstep_session::document::mixer::Colour;
use lockstep_session::ids::{PlayerId, SampleId, SceneIndex, StepIndex, TrackId};
use lockstep_session::protocol::{Kind, Presence, Profile, Quality, Role};
use lockstep_session::replica::{Link, Reach, Replica};
use lockstep_session::units::LocalTime;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct View {
    pub(crate) link: Option<String>,
    pub(crate) connection: Connection,
    /// This player may only listen here.
    pub(crate) role: Option<Role>,
    /// The server cannot store changes at the moment; edits wait.
    pub(crate) is_read_only: bool,
    pub(crate) document: Arc<Document>,
    pub(crate) players: Vec<PlayerView>,
    pub(crate) lead: Lead,
    /// Whose transport the grid follows, as it came out.
    pub(crate) follows: Follows,
    /// Edits that the server has not stored yet.
    pub(crate) unsaved: usize,
    /// What this player could take back or make again.
    pub(crate) reach: Reach,
    /// How well this player's clock and link do.
    pub(crate) quality: Option<Quality>,
    /// Who changed which step, in the last second.
    pub(crate) flashes: Vec<Flash>,
    /// Somebody asks everyone to look at a place, the last time.
    pub(crate) gathered: Option<(PlayerId, lockstep_session::protocol::View)>,
    /// Where the next key goes that is recorded step by step.
    pub(crate) records_next: Option<(TrackId, SceneIndex, StepIndex)>,
    pub(crate) macros: MacroTargets,
    pub(crate) samples: BTreeMap<SampleId, SampleView>,
    /// Files on their way to the server.
    pub(crate) uploads: Vec<UploadView>,
    /// The folder of this machine that was last looked into.
    pub(crate) folder: Option<Arc<FolderView>>,
    /// The file of this machine that is heard, or was heard last.
    pub(crate) audition: Option<AuditionView>,
    pub(crate) export: Option<ExportView>,
    pub(crate) settings: SettingsView,
    pub(crate) recents: Vec<Recent>,
    pub(crate) hosting: Hosting,
    /// Something that went wrong, in a sentence.
    pub(crate) notice: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Connection {
    #[default]
    Alone,
    Joining,
    Live,
    /// Not reachable; trying again by itself.
    Waiting,
    Refused(String),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lead {
    #[default]
    Nobody,
    Mine,
    Of(PlayerId),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Follows {
    /// The transport of this workstation.
    #[default]
    Host,
    /// The session's timeline.
    Session,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlayerView {
    pub(crate) id: PlayerId,
    pub(crate) name: String,
    pub(crate) colour: Colour,
    pub(crate) kind: Kind,
    pub(crate) presence: Presence,
    pub(crate) is_leader: bool,
    pub(crate) is_me: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Flash {
    pub(crate) track: TrackId,
    pub(crate) scene: SceneIndex,
    pub(crate) step: StepIndex,
    pub(crate) colour: Colour,
    pub(crate) at: LocalTime,
}

/// Where a sample of the session is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SampleView {
    Fetching,
    /// Here, and heard: its outline, as the highest absolute value of each of so many stretches.
    Ready(Arc<[f32]>),
    Missing(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UploadView {
    pub(crate) name: String,
    pub(crate) state: UploadState,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum UploadState {
    Sending {
        percent: u8,
    },
    /// Kept on this machine until it can be sent.
    Waiting,
    Refused(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuditionView {
    pub(crate) file: PathBuf,
    /// When it has been heard to its end.
    pub(crate) ends: LocalTime,
}

/// A folder of this machine, for as much as samples can be taken from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FolderView {
    pub(crate) path: PathBuf,
    /// Folders and audio files, or why they cannot be seen.
    pub(crate) files: Result<Vec<FileView>, String>,
    /// So many more are in it.
    pub(crate) left_out: usize,
    /// Where else to look.
    pub(crate) places: Arc<[PathBuf]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileView {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) kind: FileKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    Folder,
    Audio { bytes: u64 },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExportView {
    Running,
    Written(PathBuf),
    Failed(String),
}

/// What belongs to this machine and not to a project.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SettingsView {
    pub(crate) profile: Profile,
    /// Where new sessions are made, such as `http://127.0.0.1:7878`.
    pub(crate) server: String,
    /// How much later than the workstation says its sound comes out, in milliseconds.
    pub(crate) output_offset_ms: i16,
    /// Where exports are written to.
    pub(crate) exports: PathBuf,
}

/// A session that was joined before, the last first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recent {
    pub(crate) name: String,
    pub(crate) link: String,
}

/// The session server inside this process.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Hosting {
    #[default]
    Off,
    Starting,
    /// Reached by people on the same network at this address, such as `http://192.168.1.5:7878`.
    On {
        address: String,
    },
    Failed(String),
}

impl View {
    pub(crate) fn of(replica: &Replica, address: Option<&Address>, notice: Option<&str>) -> Self {
        let document = replica.document();
        let players = replica.players().map(|player| PlayerView {
            id: player.id,
            name: player.profile.name.to_string(),
            colour: player.profile.colour,
            kind: player.profile.kind,
            presence: player.presence.clone(),
            is_leader: document.lead == Some(player.id),
            is_me: player.id == replica.player(),
        });
        Self {
            link: address.map(Address::page),
            connection: connection(replica.link()),
            role: replica.role(),
            is_read_only: replica.is_read_only(),
            document: Arc::new(document.clone()),
            players: players.collect(),
            lead: match document.lead {
                None => Lead::Nobody,
                Some(player) if player == replica.player() => Lead::Mine,
                Some(player) => Lead::Of(player),
            },
            unsaved: replica.unsaved(),
            reach: replica.reach(),
            notice: notice.map(str::to_owned),
            ..Self::default()
        }
    }

    pub(crate) fn who_leads(&self) -> String {
        let leader = |id| self.players.iter().find(|other| other.id == id);
        match self.lead {
            Lead::Nobody => "Nobody leads".to_owned(),
            Lead::Mine => "You lead".to_owned(),
            Lead::Of(player) => leader(player).map_or_else(
                || "Someone who is away leads".to_owned(),
                |leader| format!("{} leads", leader.name),
            ),
        }
    }
}

fn connection(link: &Link) -> Connection {
    match link {
        Link::Off => Connection::Alone,
        Link::Opening { .. } | Link::Joining { .. } => Connection::Joining,
        Link::Live { .. } => Connection::Live,
        Link::Waiting { .. } => Connection::Waiting,
        Link::Refused { reason, .. } => Connection::Refused(reason.to_string()),
    }
}
