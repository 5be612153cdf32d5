//! The task of one session in memory: it owns the authority and moves text, bytes and time in
//! and out of it. It decides nothing about the session itself.

use super::EditError;
use super::connections::Connections;
use super::live::{Command, Leisure, Reading, Waking};
use super::opening::{open, refuse, replay};
use crate::journal::{Journal, Outcome};
use crate::metrics::SessionMetrics;
use crate::store::StoreError;
use crate::{clock::ServerClock, server::told_to_stop};
use lockstep_session::authority::{Authority, Input, Output};
use lockstep_session::ids::{ConnectionId, Revision};
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

pub(super) async fn run(waking: Waking, commands: mpsc::Receiver<Command>) {
    let running = waking.running.clone();
    live(waking, commands).await;
    // By now everything that the session held is let go of, the store too.
    drop(running);
}

async fn live(waking: Waking, mut commands: mpsc::Receiver<Command>) {
    let name = waking.name.clone();
    match open(&waking).await {
        Ok((authority, journal)) => {
            tracing::info!(session = %name, revision = authority.position().revision.0, "awake");
            let is_held = journal.is_held();
            let mut session = Session {
                name: waking.name,
                authority,
                journal,
                connections: Connections::default(),
                clock: waking.clock,
                ticked: Instant::now(),
                empty_since: Instant::now(),
                needed: Instant::now(),
                recalled: false,
                stuck: false,
                leisure: waking.leisure,
                metrics: waking.metrics,
                players: 0,
                refused: 0,
                asked: VecDeque::new(),
            };
            if !is_held {
                session.get_stuck();
            }
            session.serve(commands, waking.stopping).await;
            tracing::info!(session = %name, "asleep");
        }
        Err(error) => {
            tracing::error!(session = %name, %error, "cannot be opened");
            refuse(&mut commands, &error).await;
        }
    }
}

struct Session {
    /// The friendly part of its link, for the log.
    name: String,
    authority: Authority,
    journal: Journal,
    connections: Connections,
    clock: ServerClock,
    ticked: Instant,
    empty_since: Instant,
    /// When somebody last needed the whole session.
    needed: Instant,
    /// The authority has asked for what it let go of.
    recalled: bool,
    /// The disk takes nothing at the moment.
    stuck: bool,
    leisure: Leisure,
    metrics: SessionMetrics,
    /// What the metrics count of this session by now.
    players: i64,
    refused: u64,
    /// Edits that no connection made, and who waits until they are durable.
    asked: VecDeque<(Revision, oneshot::Sender<Result<Position, EditError>>)>,
}

/// Why a session leaves memory.
enum End {
    Asleep,
    Stopping,
    StorageFailed,
    /// Somebody else holds the session now.
    Evicted,
}

impl Session {
    async fn serve(
        mut self,
        mut commands: mpsc::Receiver<Command>,
        mut stopping: watch::Receiver<bool>,
    ) {
        self.metrics.awake.inc();
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
            End::Evicted => self.dismiss(Goodbye::Restarting),
        }
        self.metrics.awake.dec();
        self.metrics.read_only.dec_by(i64::from(self.stuck));
        self.metrics.players.dec_by(self.players);
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
            if self.recalled
                && let Err(end) = self.recall().await
            {
                return end;
            }
            self.deliver();
            let rings = self.rings();
            if timer.deadline() > rings || timer.is_elapsed() {
                timer.as_mut().reset(rings);
            }
            let turn = tokio::select! {
                // Durable edits are acknowledged first; a flood of messages cannot hold them up.
                biased;
                written = self.journal.written() => self.written(written),
                () = told_to_stop(stopping) => Err(End::Stopping),
                command = commands.recv() => self.turn(command, commands).await,
                // Every input lets time pass, so a flood of messages does not hold this up either.
                () = &mut timer => self.tick(),
            };
            if let Err(end) = turn {
                return end;
            }
        }
    }

    /// Does what has come, up to a share, before the sockets are written to.
    async fn turn(
        &mut self,
        command: Option<Command>,
        commands: &mut mpsc::Receiver<Command>,
    ) -> Result<(), End> {
        // The directory of sessions holds the other end for as long as this task runs.
        self.obey(command.ok_or(End::Asleep)?).await?;
        for _ in 1..TURN {
            let Ok(command) = commands.try_recv() else {
                break;
            };
            self.obey(command).await?;
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<(), End> {
        self.ticked = Instant::now();
        self.handle(Input::Tick);
        let is_forsaken =
            self.connections.is_empty() && self.empty_since.elapsed() >= self.leisure.linger;
        let is_quiet = !self.authority.is_resting() && self.needed.elapsed() >= self.leisure.quiet;
        if !self.journal.is_settled() || !(is_forsaken || is_quiet) {
            return Ok(());
        }
        if self.journal.has_news() {
            let snapshot = self.authority.snapshot().to_bytes();
            self.journal.write(Some(snapshot));
        } else if is_forsaken {
            return Err(End::Asleep);
        } else {
            self.authority.rest();
        }
        Ok(())
    }

    /// From now on edits are refused, until the store takes them again.
    fn get_stuck(&mut self) {
        self.stuck = true;
        self.metrics.read_only.inc();
        self.handle(Input::ReadOnly(true));
    }

    /// What became of a write.
    fn written(&mut self, written: Result<Outcome, StoreError>) -> Result<(), End> {
        match written {
            Ok(Outcome::Durable(revision, waited)) => {
                self.metrics.acknowledged.note(waited);
                if std::mem::take(&mut self.stuck) {
                    self.metrics.read_only.dec();
                    tracing::info!(session = %self.name, "changes are stored again");
                    self.handle(Input::ReadOnly(false));
                }
                self.committed(revision);
                Ok(())
            }
            Ok(Outcome::Stuck(error)) => {
                if !self.stuck {
                    tracing::error!(session = %self.name, %error, "changes cannot be stored; the session is read-only until they can");
                    self.get_stuck();
                }
                Ok(())
            }
            Err(error) => {
                tracing::warn!(session = %self.name, %error, "is opened anew; its players come back by themselves");
                Err(End::Evicted)
            }
        }
    }

    /// Brings back what the session let go of.
    async fn recall(&mut self) -> Result<(), End> {
        self.recalled = false;
        self.needed = Instant::now();
        if !self.authority.is_resting() {
            return Ok(());
        }
        let loaded = match self.journal.load().await {
            Ok(holding) => replay(holding).await,
            Err(error) => Err(error.into()),
        };
        let now = self.clock.now();
        let recalled = match loaded {
            Ok(restored) => self
                .authority
                .recall(restored, now)
                .map_err(|amnesia| amnesia.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = recalled {
            tracing::error!(session = %self.name, error, "cannot be brought back into memory");
            return Err(End::StorageFailed);
        }
        self.carry_out();
        Ok(())
    }

    async fn obey(&mut self, command: Command) -> Result<(), End> {
        match command {
            Command::Join {
                connection,
                role,
                outbox,
                answer,
            } => {
                self.needed = Instant::now();
                self.connections.open(connection, outbox);
                self.handle(Input::Opened { connection, role });
                if answer.send(Ok(())).is_err() {
                    self.leave(connection);
                }
            }
            Command::Text { connection, text } => {
                let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
                self.metrics.bytes_received.inc_by(bytes);
                let text = &text;
                self.handle(Input::Text { connection, text });
            }
            Command::Heard { connection } => self.handle(Input::Heard { connection }),
            Command::CaughtUp { connection } => {
                self.metrics.readers_resynced.inc();
                self.handle(Input::Drained { connection });
            }
            Command::Left { connection } => self.leave(connection),
            Command::Evict => return Err(End::Evicted),
            Command::Read { answer } => {
                self.recall().await?;
                let reading = Reading {
                    document: self.authority.document().clone(),
                    at: self.authority.position(),
                    players: self.authority.players(),
                };
                // Who has stopped waiting needs no answer.
                let _ = answer.send(Ok(reading));
            }
            Command::Edit { edit, answer } => {
                self.recall().await?;
                match self.authority.edit(*edit, self.clock.now()) {
                    Ok(revision) => self.asked.push_back((revision, answer)),
                    Err(rejection) => drop(answer.send(Err(EditError::Rejected(rejection)))),
                }
                self.carry_out();
            }
        }
        if self.recalled {
            self.recall().await?;
        }
        Ok(())
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
                Output::Send { connection, text } => self.connections.send(&[connection], &text),
                Output::Broadcast { to, text } => self.connections.send(&to, &text),
                Output::Append(record) => {
                    self.needed = Instant::now();
                    self.metrics.edits_ordered.inc();
                    self.journal.append(record, self.clock.now());
                    continue;
                }
                Output::Recall => {
                    self.recalled = true;
                    continue;
                }
                Output::Close { connection, code } => {
                    if code == Goodbye::TooSlow {
                        self.metrics.readers_dropped.inc();
                    }
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
        self.count();
        if self.journal.wants_snapshot() {
            self.journal
                .write(Some(self.authority.snapshot().to_bytes()));
        }
        self.journal.write(None);
        self.connections.flush();
        if !self.connections.is_empty() {
            self.empty_since = Instant::now();
        }
    }

    fn count(&mut self) {
        let refused = self.authority.refused();
        self.metrics.edits_refused.inc_by(refused - self.refused);
        self.refused = refused;
        self.metrics.bytes_sent.inc_by(self.connections.take_sent());
        let players = i64::try_from(self.connections.len()).unwrap_or(i64::MAX);
        self.metrics.players.inc_by(players - self.players);
        self.players = players;
    }

    /// When something has to happen that nobody outside brings about.
    fn rings(&self) -> Instant {
        let is_settled = self.journal.is_settled();
        let sleeps = self.connections.is_empty().then_some(self.empty_since);
        let sleeps = sleeps.map(|since| since + self.leisure.linger);
        let is_awake = !self.authority.is_resting();
        let rests = is_awake.then(|| self.needed + self.leisure.quiet);
        let due = self
            .authority
            .deadline()
            .map(|deadline| self.clock.timer(deadline));
        let far = self.ticked + Duration::from_secs(3_600);
        sleeps
            .into_iter()
            .chain(rests)
            .filter(|_| is_settled)
            .chain(due)
            .min()
            .unwrap_or(far)
            .max(self.ticked + SHORTEST_WAIT)
    }

    /// Waits until everything is durable, and acknowledges it.
    async fn settle(&mut self) -> Result<(), StoreError> {
        self.deliver();
        while !self.journal.is_settled() {
            if let Outcome::Durable(revision, _) = self.journal.written().await? {
                self.committed(revision);
            }
            self.deliver();
        }
        Ok(())
    }

    fn dismiss(&mut self, goodbye: Goodbye) {
        self.authority.dismiss(goodbye);
        while let Some(output) = self.authority.poll_output() {
            match output {
                Output::Send { connection, text } => {
                    drop(self.connections.send(&[connection], &text))
                }
                Output::Broadcast { to, text } => drop(self.connections.send(&to, &text)),
                Output::Close { connection, code } => self.connections.close(connection, code),
                // What is not durable by now was never acknowledged; its authors send it again.
                Output::Append(_) | Output::Recall => {}
            }
        }
        self.connections.flush();
    }
}
