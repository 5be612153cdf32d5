//! The session server inside this process, for people on the same network: at most one, shared by
//! all instances, and gone with the one that started it.

use super::{House, Instance, locked};
use crate::view::Hosting;
use lockstep_server::{Config, Server};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Where others look first.
const USUAL_PORT: u16 = 7878;
/// A little more than a server takes at most to end by itself: a host may unload us right after.
const ENDS_WITHIN: Duration = Duration::from_secs(10);
const LOOKS_EVERY: Duration = Duration::from_millis(5);

#[derive(Debug, Default)]
pub(crate) struct Host {
    room: Mutex<Room>,
}

#[derive(Debug, Default)]
struct Room {
    state: Hosting,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    by: Instance,
    /// Taken to tell it to stop.
    stop: Option<oneshot::Sender<()>>,
    thread: JoinHandle<()>,
}

#[derive(Debug, thiserror::Error)]
enum HostError {
    #[error("There is no folder on this machine to keep sessions in. Set LOCKSTEP_HOME to one.")]
    NoFolder,
    #[error("No port is free for a server: {0}")]
    Port(#[source] io::Error),
    #[error("The server cannot start: {0}")]
    Thread(#[source] io::Error),
    #[error("The server cannot start: {0}. Another program may be running one on the same data.")]
    Start(#[from] lockstep_server::StartError),
}

impl Host {
    pub(crate) fn state(&self) -> Hosting {
        locked(&self.room).state.clone()
    }

    /// Whether this instance is the one that may stop it.
    pub(crate) fn is_by(&self, instance: Instance) -> bool {
        let room = locked(&self.room);
        room.running
            .as_ref()
            .is_some_and(|running| running.by == instance)
    }

    /// Starts the server unless it runs. Whatever becomes of it is told to everyone.
    pub(crate) fn start(house: &Arc<House>, by: Instance) {
        let mut room = locked(&house.host.room);
        let is_over = |running: &Running| running.thread.is_finished();
        if room
            .running
            .as_ref()
            .is_some_and(|running| !is_over(running))
        {
            return;
        }
        let (stop, stopped) = oneshot::channel();
        let inside = Arc::clone(house);
        let thread = std::thread::Builder::new()
            .name("lockstep-server".to_owned())
            .spawn(move || {
                let ended = serve(&inside, stopped);
                inside.host.set(match ended {
                    Ok(()) => Hosting::Off,
                    Err(error) => Hosting::Failed(error.to_string()),
                });
                inside.tell();
            });
        match thread {
            Ok(thread) => {
                room.state = Hosting::Starting;
                room.running = Some(Running {
                    by,
                    stop: Some(stop),
                    thread,
                });
            }
            Err(error) => room.state = Hosting::Failed(HostError::Thread(error).to_string()),
        }
        drop(room);
        house.tell();
    }

    /// Tells the server to end, and waits for nothing.
    pub(crate) fn stop(&self, by: Instance) {
        let mut room = locked(&self.room);
        if let Some(running) = room.running.as_mut().filter(|running| running.by == by) {
            // A server that is gone need not be told.
            drop(running.stop.take());
        }
    }

    /// Ends the server with the instance that started it: no thread of ours may outlive the library.
    pub(crate) fn leave(&self, by: Instance) {
        self.stop(by);
        let running = locked(&self.room)
            .running
            .take_if(|running| running.by == by);
        let Some(running) = running else {
            return;
        };
        let deadline = Instant::now() + ENDS_WITHIN;
        while !running.thread.is_finished() && Instant::now() < deadline {
            std::thread::sleep(LOOKS_EVERY);
        }
        if running.thread.is_finished() {
            // A panic over there has been told already.
            let _ended = running.thread.join();
        }
    }

    fn set(&self, state: Hosting) {
        locked(&self.room).state = state;
    }
}

fn serve(house: &House, stopped: oneshot::Receiver<()>) -> Result<(), HostError> {
    let data = house.folder().ok_or(HostError::NoFolder)?.server();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(HostError::Thread)?;
    runtime.block_on(run(house, data, stopped))
}

async fn run(
    house: &House,
    data: PathBuf,
    stopped: oneshot::Receiver<()>,
) -> Result<(), HostError> {
    let listener = listen().await.map_err(HostError::Port)?;
    let port = listener.local_addr().map_err(HostError::Port)?.port();
    let server = Server::open(Config::new(data))?;
    let address = SocketAddr::new(address_in_network(), port);
    house.host.set(Hosting::On {
        address: format!("http://{address}"),
    });
    house.tell();
    // The other end is dropped to say it.
    server.run(listener, async { drop(stopped.await) }).await;
    Ok(())
}

/// On the usual port, or on any that is free.
async fn listen() -> io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::UNSPECIFIED, USUAL_PORT)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await,
    }
}

/// The address that packets to elsewhere would leave from. None is sent to find out.
fn address_in_network() -> IpAddr {
    let ask = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        // An address reserved for documentation: it has a route and no owner.
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    };
    let asked: io::Result<SocketAddr> = ask();
    let found = asked.map(|address| address.ip());
    found
        .ok()
        .filter(|address| !address.is_unspecified())
        .unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}
