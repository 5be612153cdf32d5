//! An instance without a host, and a server for it.

use crate::bridge::{AudioEnds, Bridge, Closer, Delivery, EditorEnds};
use crate::clock::LocalClock;
use crate::house::{Folder, House};
use crate::network::connector::Connector;
use crate::network::{Command, spawn_with};
use crate::params::LockstepParams;
use crate::state::{SavedSession, SavedState};
use crate::view::{Connection, View};
use lockstep_engine::SampleKey;
use lockstep_server::{Config, Server};
use lockstep_session::edit::Edit;
use nice_plug::params::persist::PersistentField;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Far longer than anything takes, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that can be stopped and started again at the same place.
pub(super) struct Place {
    data: TempDir,
    address: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Place {
    pub(super) fn open() -> Self {
        Self::open_with(|_| {})
    }

    pub(super) fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::new(data.path().join("data"));
        change(&mut config);
        let (address, running) = serve(config, SocketAddr::from(([127, 0, 0, 1], 0)));
        Self {
            data,
            address,
            running: Some(running),
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(super) fn stop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            thread.join().unwrap();
        }
    }

    pub(super) fn start_again(&mut self) {
        let config = Config::new(self.data.path().join("data"));
        self.running = Some(serve(config, self.address).1);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(
    config: Config,
    address: SocketAddr,
) -> (SocketAddr, (oneshot::Sender<()>, JoinHandle<()>)) {
    let (stop, stopped) = oneshot::channel();
    let (tell, told) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind(address).await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            let server = Server::open(config).unwrap();
            server.run(listener, async { drop(stopped.await) }).await;
        });
    });
    (told.recv().unwrap(), (stop, thread))
}

/// A house in a folder of its own.
pub(super) fn house(folder: &Path) -> Arc<House> {
    Arc::new(House::open(Some(Folder::at(folder))))
}

/// One instance: what its editor and its host would do.
pub(super) struct Seat {
    pub(super) editor: EditorEnds,
    pub(super) audio: AudioEnds,
    pub(super) session: Arc<SavedSession>,
    closer: Closer,
    thread: Option<JoinHandle<()>>,
}

impl Seat {
    pub(super) fn take(house: &Arc<House>) -> Self {
        Self::take_trusting(house, Connector::default())
    }

    pub(super) fn take_trusting(house: &Arc<House>, connector: Connector) -> Self {
        let Bridge {
            audio,
            network,
            editor,
            session,
            closer,
        } = Bridge::in_house(Arc::clone(house));
        let params = Arc::new(LockstepParams::new(Arc::clone(&session)));
        let thread = spawn_with(network, LocalClock::new(), params, connector).unwrap();
        Self {
            editor,
            audio,
            session,
            closer,
            thread: Some(thread),
        }
    }

    /// With a server to make sessions on.
    pub(super) fn at(house: &Arc<House>, place: &Place) -> Self {
        let seat = Self::take(house);
        seat.ask(Command::ServerAddress(place.url()));
        seat
    }

    pub(super) fn ask(&self, command: Command) {
        self.editor.ask(command).unwrap();
    }

    pub(super) fn edit(&self, edit: Edit) {
        self.ask(Command::Edit(edit));
    }

    pub(super) fn wait_until(&mut self, what: &str, done: impl Fn(&View) -> bool) -> Arc<View> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let view = self.editor.view();
            if done(&view) {
                return view;
            }
            assert!(
                Instant::now() < deadline,
                "not in time: {what}; there is {view:#?}"
            );
            std::thread::yield_now();
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub(super) fn wait_until_live(&mut self) -> String {
        let live = |view: &View| view.connection == Connection::Live && view.unsaved == 0;
        let view = self.wait_until("it is live", live);
        view.link.clone().unwrap()
    }

    /// What the audio thread would hold by now.
    pub(super) fn delivered(&mut self) -> Vec<SampleKey> {
        let mut held = Vec::new();
        while let Some(delivery) = self.audio.delivery() {
            match delivery {
                Delivery::Keep(sample) => held.push(sample.key()),
                Delivery::Drop(key) => held.retain(|held| *held != key),
            }
        }
        held
    }

    /// As a host saves a project, and as it opens one.
    pub(super) fn save(&self) -> String {
        PersistentField::map(&self.session, |state: &SavedState| {
            serde_json::to_string(state).unwrap()
        })
    }

    pub(super) fn load(&self, state: &str) {
        PersistentField::set(&self.session, serde_json::from_str(state).unwrap());
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.closer.close();
        self.thread.take().unwrap().join().unwrap();
    }
}
