//! The task of one session in memory: it owns the authority and moves text, bytes and time in
//! and out of it. It decides nothing about the session itself.

use super::connections::Connections;
use super::live::{Command, Reading, Waking};
use super::{EditError, EnterError};
use crate::store::{Holding, StoreError};
use crate::{clock::ServerClock, journal::Journal, server::told_to_stop};
use lockstep_session::authority::{Authority, Input, Output, Restored};
use lockstep_session::ids::{ConnectionId, Revision};
use lockstep_session::limits::Rates;
use lockstep_session::protocol::{Goodbye, Position};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// What is taken from the inbox before the sockets are woken.
const TURN: usize = 64;
/// How long the last writes may take when the server stops.
const LAST_WRITES: Duration = Duration::from_secs(3);

/// Between two rings of the timer, whatever the authority asks for.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

pub(super) async fn run(waking: Waking, mut commands: mpsc::Receiver<Command>) {
    let name = waking.name.clone();
    match restore(&waking).await {
        Ok((authority, journal)) => {
            tracing::info!(session = %name, revision = authority.position().revision.0, "awake");
            let session = Session {
                authority,
                journal,
                connections: Connections::default(),
                clock: waking.clock,
                ticked: Instant::now(),
                empty_since: Instant::now(),
                linger: waking.linger,
                asked: VecDeque::new(),
            };
            session.serve(commands, waking.stopping).await;
            tracing::info!(session = %name, "asleep");
        }
        Err(error) => {
            tracing::error!(session = %name, %error, "cannot be opened");
            refuse(&mut commands, &error).await;
        }
    }
    drop(waking.running);
}

async fn restore(waking: &Waking) -> Result<(Authority, Journal), EnterError> {
    let holding = waking.store.acquire(waking.session).await?;
    let journal = Journal::new(waking.store.clone(), &holding);
    let Holding {
        lease,
        snapshot,
        records,
        ..
    } = holding;
    let replay = tokio::task::spawn_blocking(move || {
        let records = records.concat();
        let restored = Restored::from_bytes(&snapshot, &records).map_err(EnterError::Damaged)?;
        // The store keeps records whole, so a torn one is not what a crash left behind.
        if restored.whole() == records.len() {
            Ok(restored)
        } else {
            Err(EnterError::CutShort)
        }
    });
    let restored = replay.await.map_err(|_| EnterError::Stopping)??;
    Ok((
        Authority::restored(restored, lease.epoch, Rates::default()),
        journal,
    ))
}

/// Tells everyone who waits why the session cannot be opened.
async fn refuse(commands: &mut mpsc::Receiver<Command>, error: &EnterError) {
    commands.close();
    while let Some(command) = commands.recv().await {
        // Who has gone needs no answer.
        match command {
            Command::Join { answer, .. } => drop(answer.send(Err(error.clone()))),
            Command::Read { answer } => drop(answer.send(Err(error.clone()))),
            Command::Edit { answer, .. } => drop(answer.send(Err(error.clone().into()))),
            Command::Text { .. } | Command::CaughtUp { .. } | Command::Left { .. } => {}
        }
    }
}

struct Session {
    authority: Authority,
    journal: Journal,
    connections: Connections,
    clock: ServerClock,
    ticked: Instant,
    empty_since: Instant,
    linger: Duration,
    /// Edits that no connection made, and who waits until they are durable.
    asked: VecDeque<(Revision, oneshot::Sender<Result<Position, EditError>>)>,
}

/// Why a session leaves memory.
enum End {
    Asleep,
    Stopping,
    StorageFailed,
}

impl Session {
    async fn serve(
        mut self,
        mut commands: mpsc::Receiver<Command>,
        mut stopping: watch::Receiver<bool>,
    ) {
        let end = self.work(&mut commands, &mut stopping).await;
        commands.close();
        match end {
            End::Asleep => {}
            End::Stopping => {
                // What was received is made durable and acknowledged before anyone is sent away.
                let settled = timeout(LAST_WRITES, self.settle()).await;
                let stored = matches!(settled, Ok(Ok(())));
                self.dismiss(if stored {
                    Goodbye::Restarting
                } else {
                    Goodbye::StorageFailed
                });
            }
            End::StorageFailed => self.dismiss(Goodbye::StorageFailed),
        }
        if let Err(error) = self.journal.release().await {
            tracing::warn!(%error, "a session was not released");
        }
    }

    async fn work(
        &mut self,
        commands: &mut mpsc::Receiver<Command>,
        stopping: &mut watch::Receiver<bool>,
    ) -> End {
        let timer = sleep_until(Instant::now());
        tokio::pin!(timer);
        loop {
            self.deliver();
            let rings = self.rings();
            if timer.deadline() > rings || timer.is_elapsed() {
                timer.as_mut().reset(rings);
            }
            tokio::select! {
                // Durable edits are acknowledged first; a flood of messages cannot hold them up.
                biased;
                written = self.journal.written() => match written {
                    Ok(revision) => self.committed(revision),
                    Err(error) => {
                        tracing::error!(%error, "a session cannot be stored; it is closed until it can");
                        return End::StorageFailed;
                    }
                },
                () = told_to_stop(stopping) => return End::Stopping,
                command = commands.recv() => {
                    // The directory of sessions holds the other end for as long as this task runs.
                    let Some(command) = command else { return End::Asleep };
                    self.obey(command);
                    for _ in 1..TURN {
                        let Ok(command) = commands.try_recv() else { break };
                        self.obey(command);
                    }
                },
                // Every input lets time pass, so a flood of messages does not hold this up either.
                () = &mut timer => {
                    self.ticked = Instant::now();
                    self.handle(Input::Tick);
                    if self.is_forsaken() {
                        if !self.journal.has_news() {
                            return End::Asleep;
                        }
                        self.journal.write(Some(self.authority.snapshot().to_bytes()));
                    }
                },
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Join {
                connection,
                role,
                outbox,
                answer,
            } => {
                self.connections.open(connection, outbox);
                self.handle(Input::Opened { connection, role });
                if answer.send(Ok(())).is_err() {
                    self.leave(connection);
                }
            }
            Command::Text { connection, text } => self.handle(Input::Text {
                connection,
                text: &text,
            }),
            Command::CaughtUp { connection } => self.handle(Input::Drained { connection }),
            Command::Left { connection } => self.leave(connection),
            Command::Read { answer } => {
                let reading = Reading {
                    document: self.authority.document().clone(),
                    at: self.authority.position(),
                    players: self.authority.players(),
                };
                // Who has stopped waiting needs no answer.
                let _ = answer.send(Ok(reading));
            }
            Command::Edit { edit, answer } => {
                match self.authority.edit(*edit, self.clock.now()) {
                    Ok(revision) => self.asked.push_back((revision, answer)),
                    Err(rejection) => drop(answer.send(Err(EditError::Rejected(rejection)))),
                }
                self.carry_out();
            }
        }
    }

    /// Everything up to a revision is durable.
    fn committed(&mut self, revision: Revision) {
        self.handle(Input::Committed { revision });
        let epoch = self.authority.position().epoch;
        while let Some((first, _)) = self.asked.front()
            && *first <= revision
        {
            let (revision, answer) = self.asked.pop_front().expect("there is a first");
            // Who has stopped waiting needs no answer.
            let _ = answer.send(Ok(Position { epoch, revision }));
        }
    }

    fn leave(&mut self, connection: ConnectionId) {
        self.connections.forget(connection);
        self.handle(Input::Closed { connection });
    }

    fn handle(&mut self, input: Input<'_>) {
        self.authority.handle(input, self.clock.now());
        self.carry_out();
    }

    /// Does what the authority asks for.
    fn carry_out(&mut self) {
        while let Some(output) = self.authority.poll_output() {
            let lagging = match output {
                Output::Send { connection, text } => self.connections.send(&[connection], text),
                Output::Broadcast { to, text } => self.connections.send(&to, text),
                Output::Append(record) => {
                    self.journal.append(&record);
                    continue;
                }
                Output::Close { connection, code } => {
                    self.connections.close(connection, code);
                    continue;
                }
            };
            for connection in lagging {
                self.authority
                    .handle(Input::Lagging { connection }, self.clock.now());
            }
        }
    }

    /// Lets the store and the sockets have what the last turn brought.
    fn deliver(&mut self) {
        self.carry_out();
        if self.journal.is_idle() && self.journal.wants_snapshot() {
            self.journal
                .write(Some(self.authority.snapshot().to_bytes()));
        }
        self.journal.write(None);
        self.connections.wake();
        if !self.connections.is_empty() {
            self.empty_since = Instant::now();
        }
    }

    /// When something has to happen that nobody outside brings about.
    fn rings(&self) -> Instant {
        let may_sleep = self.connections.is_empty() && self.journal.is_settled();
        let sleep = may_sleep.then(|| self.empty_since + self.linger);
        let due = self
            .authority
            .deadline()
            .map(|deadline| self.clock.timer(deadline));
        let far = self.ticked + Duration::from_secs(3_600);
        sleep
            .into_iter()
            .chain(due)
            .min()
            .unwrap_or(far)
            .max(self.ticked + SHORTEST_WAIT)
    }

    /// Nobody has been here for a while, and nothing is left to be stored.
    fn is_forsaken(&self) -> bool {
        self.connections.is_empty()
            && self.journal.is_settled()
            && self.empty_since.elapsed() >= self.linger
    }

    /// Waits until everything is durable, and acknowledges it.
    async fn settle(&mut self) -> Result<(), StoreError> {
        self.deliver();
        while !self.journal.is_settled() {
            let revision = self.journal.written().await?;
            self.committed(revision);
            self.deliver();
        }
        Ok(())
    }

    fn dismiss(&mut self, goodbye: Goodbye) {
        self.authority.dismiss(goodbye);
        while let Some(output) = self.authority.poll_output() {
            match output {
                Output::Send { connection, text } => {
                    drop(self.connections.send(&[connection], text))
                }
                Output::Broadcast { to, text } => drop(self.connections.send(&to, text)),
                Output::Close { connection, code } => self.connections.close(connection, code),
                // What is not durable by now was never acknowledged; its authors send it again.
                Output::Append(_) => {}
            }
        }
        self.connections.wake();
    }
}
