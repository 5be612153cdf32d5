//! A player over a real socket: a replica, and a thread that moves its text. It decides nothing.

use crate::server::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{Run, Token};
use lockstep_session::protocol::{Profile, SUBPROTOCOL};
use lockstep_session::replica::{Change, Event, Identity, Input, Link, Output, Replica};
use lockstep_session::text::Name;
use lockstep_session::units::{Beat, LocalTime, ServerTime, Span};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::time::{sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

pub type Socket = WebSocketStream<TcpStream>;

/// Dropping it disconnects without a word.
#[derive(Debug)]
pub struct Client {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    replica: Mutex<Replica>,
    /// The replica may have changed.
    changed: Condvar,
    /// The replica was given something to do.
    poked: Notify,
    ended: AtomicBool,
    /// How often it has tried to connect.
    tries: AtomicU32,
    /// The longest it has meant to wait before it tried again, in microseconds.
    longest_wait: AtomicI64,
    began: Instant,
    /// What others have changed, in order.
    heard: Mutex<Vec<Edit>>,
}

impl Client {
    /// A player of the session at `address`; `number` makes them who they are.
    pub fn join(address: SocketAddr, session: &str, number: u8) -> Self {
        let identity = Identity {
            token: Token::from_bytes([number; 16]),
            run: Run(1),
            profile: Profile {
                name: Name::new(&format!("Player {number}")),
                ..Profile::default()
            },
        };
        let shared = Arc::new(Shared {
            replica: Mutex::new(Replica::new(identity, u32::from(number))),
            changed: Condvar::new(),
            poked: Notify::new(),
            ended: AtomicBool::new(false),
            tries: AtomicU32::new(0),
            longest_wait: AtomicI64::new(0),
            began: Instant::now(),
            heard: Mutex::default(),
        });
        let request = request(address, session);
        let driver = shared.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(driver.drive(address, &request));
        });
        let client = Self {
            shared,
            thread: Some(thread),
        };
        client.change(|replica, now| replica.connect(now));
        client
    }

    /// Joins, and waits until the session is there.
    pub fn joined(address: SocketAddr, session: &str, number: u8) -> Self {
        let client = Self::join(address, session, number);
        client.wait_until("the client has joined", Replica::is_live);
        client
    }

    pub fn edit(&self, edit: Edit) {
        let taken = self.change(|replica, now| replica.edit(edit, now));
        taken.expect("the edit fits the document");
    }

    /// Every edit of others that has come in since it was asked last.
    pub fn heard(&self) -> Vec<Edit> {
        std::mem::take(
            &mut self
                .shared
                .heard
                .lock()
                .expect("no test panics while it looks"),
        )
    }

    /// Whether such an edit of someone else has come in since `heard`, or does within a while.
    pub fn hears(&self, within: Duration, wanted: impl Fn(&Edit) -> bool) -> bool {
        let deadline = Instant::now() + within;
        let mut replica = self.replica();
        loop {
            if self.heard().iter().any(&wanted) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.shared.changed.wait_timeout(replica, left);
            replica = waited.expect("no test panics while it looks").0;
        }
    }

    pub fn tries(&self) -> u32 {
        self.shared.tries.load(Ordering::Relaxed)
    }

    pub fn longest_wait(&self) -> Span {
        Span::from_micros(self.shared.longest_wait.load(Ordering::Relaxed))
    }

    pub fn look<T>(&self, look: impl FnOnce(&Replica) -> T) -> T {
        look(&self.replica())
    }

    /// Where the session's transport is now, by this player's estimate of the shared clock.
    pub fn beat(&self) -> Beat {
        let replica = self.replica();
        let now = self.shared.now();
        let time = replica.server_time(now).expect("the clock is known");
        replica.timeline(now).beat_at(time)
    }

    /// What the shared clock showed at a moment of this machine's, by this player's estimate.
    pub fn server_time(&self, at: Instant) -> ServerTime {
        let since = at.saturating_duration_since(self.shared.began);
        let micros = i64::try_from(since.as_micros()).expect("a test is shorter");
        let at = LocalTime::ZERO + Span::from_micros(micros);
        self.replica().server_time(at).expect("the clock is known")
    }

    pub fn wait_until(&self, what: &str, condition: impl Fn(&Replica) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut replica = self.replica();
        while !condition(&replica) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "{what}: not within {PATIENCE:?}; the link is {:?} with {} edits unsaved",
                replica.link(),
                replica.unsaved()
            );
            let waited = self.shared.changed.wait_timeout(replica, left);
            replica = waited.expect("no test panics while it looks").0;
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Replica, LocalTime) -> T) -> T {
        let changed = change(&mut self.replica(), self.shared.now());
        self.shared.poked.notify_one();
        changed
    }

    fn replica(&self) -> MutexGuard<'_, Replica> {
        self.shared.lock()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        self.shared.poked.notify_one();
        if let Some(thread) = self.thread.take() {
            // A driver that failed has said so already.
            let _ = thread.join();
        }
    }
}

impl Shared {
    async fn drive(&self, address: SocketAddr, request: &Request) {
        let mut socket: Option<Socket> = None;
        while !self.ended.load(Ordering::Relaxed) {
            let output = self.lock().poll_output();
            match output {
                Some(Output::Connect) => {
                    self.tries.fetch_add(1, Ordering::Relaxed);
                    socket = connect(address, request.clone()).await.ok();
                    let outcome = if socket.is_some() {
                        Input::Connected
                    } else {
                        Input::Disconnected
                    };
                    self.handle(outcome);
                }
                Some(Output::Send(text)) => {
                    if let Some(open) = &mut socket
                        && open.send(Message::Text(text.into())).await.is_err()
                    {
                        socket = None;
                        self.handle(Input::Disconnected);
                    }
                }
                Some(Output::Disconnect) => socket = None,
                None => self.wait(&mut socket).await,
            }
        }
    }

    /// Waits for text, for time, or for something to do.
    async fn wait(&self, socket: &mut Option<Socket>) {
        let far = LocalTime::from_micros(i64::MAX / 4);
        let deadline = self.lock().deadline().unwrap_or(far);
        let micros = u64::try_from(deadline.as_micros()).unwrap_or(0);
        let rings = self.began + Duration::from_micros(micros).min(Duration::from_secs(3_600));
        let heard = async {
            match socket {
                Some(open) => open.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            message = heard => match message {
                Some(Ok(Message::Text(text))) => self.handle(Input::Text(&text)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => {
                    *socket = None;
                    self.handle(Input::Disconnected);
                }
            },
            () = sleep_until(rings.into()) => self.handle(Input::Tick),
            () = self.poked.notified() => {}
        }
    }

    fn handle(&self, input: Input<'_>) {
        let mut replica = self.lock();
        let now = self.now();
        replica.handle(input, now);
        if let Link::Waiting { retry_at } = replica.link() {
            let wait = (*retry_at - now).as_micros();
            self.longest_wait.fetch_max(wait, Ordering::Relaxed);
        }
        while let Some(event) = replica.poll_event() {
            if let Event::Document(Change::Edit { edit, .. }) = event {
                let mut heard = self.heard.lock().expect("no test panics while it looks");
                heard.push(Edit::clone(&edit));
            }
        }
        drop(replica);
        self.changed.notify_all();
    }

    fn now(&self) -> LocalTime {
        let micros = i64::try_from(self.began.elapsed().as_micros()).expect("a test is shorter");
        LocalTime::ZERO + Span::from_micros(micros)
    }

    fn lock(&self) -> MutexGuard<'_, Replica> {
        self.replica.lock().expect("no test panics while it looks")
    }
}

/// The request that opens a WebSocket to a session.
pub fn request(address: SocketAddr, session: &str) -> Request {
    let url = format!("ws://{address}/api/v1/sessions/{session}/ws");
    let mut request = url.into_client_request().expect("an address");
    let protocol = SUBPROTOCOL.parse().expect("a word");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    request
}

/// Opens a socket for a test that speaks for itself.
pub async fn connect(address: SocketAddr, request: Request) -> Result<Socket, tungstenite::Error> {
    connect_from(TcpSocket::new_v4()?, address, request).await
}

/// The same from a socket that the test has prepared.
pub async fn connect_from(
    socket: TcpSocket,
    address: SocketAddr,
    request: Request,
) -> Result<Socket, tungstenite::Error> {
    let opened = timeout(Duration::from_secs(10), async {
        let stream = socket.connect(address).await?;
        Ok(client_async(request, stream).await?.0)
    });
    opened
        .await
        .unwrap_or(Err(tungstenite::Error::ConnectionClosed))
}
