//! A steady stream of edits by many players, and what became of it: how much was delivered, how
//! late, and what that took of the server's processors and of this program's.

use crate::process::Time;
use crate::swarm::{Heard, Place, Swarm};
use lockstep_tests::server::Server;
use std::time::{Duration, Instant};

/// How long answers are waited for once nothing more is asked.
const REST: Duration = Duration::from_secs(5);
/// A program that is asked for more than it can do lags behind, and is not asked to catch up.
const LONGEST_LAG: Duration = Duration::from_millis(50);

/// Times in microseconds.
#[derive(Debug, Default)]
pub(crate) struct Lateness(Vec<u128>);

impl Lateness {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn note(&mut self, late: Duration) {
        self.0.push(late.as_micros());
    }

    /// In milliseconds; the largest of all for 1.
    pub(crate) fn at(&mut self, part: f64) -> f64 {
        if self.0.is_empty() {
            return f64::NAN;
        }
        self.0.sort_unstable();
        let last = self.0.len() - 1;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of the length"
        )]
        let place = (last as f64 * part).round() as usize;
        self.0[place] as f64 / 1e3
    }
}

#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) sent: usize,
    pub(crate) lasted: Duration,
    /// Copies of ordered edits that arrived.
    pub(crate) edits: usize,
    pub(crate) accepted: usize,
    /// Answers to pings, and whatever else arrived.
    pub(crate) others: usize,
    pub(crate) acknowledged: Lateness,
    pub(crate) seen_by_others: Lateness,
    pub(crate) server: Duration,
    /// The part of it that belongs to the thread that writes to the store.
    pub(crate) store: Duration,
    pub(crate) own: Duration,
    /// Times that a connection was so far behind that it was given the document anew: answers that
    /// it lists are among the missing.
    pub(crate) resynced: usize,
    /// The answers that never came.
    pub(crate) missing: usize,
}

impl Outcome {
    /// Everything that arrived anywhere, each message once.
    pub(crate) fn deliveries(&self) -> usize {
        self.edits + self.accepted + self.others
    }

    /// How much of one processor this program took.
    pub(crate) fn own_share(&self) -> f64 {
        self.own.as_secs_f64() / self.lasted.as_secs_f64()
    }

    pub(crate) fn server_share(&self) -> f64 {
        self.server.as_secs_f64() / self.lasted.as_secs_f64()
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.accepted as f64 / self.lasted.as_secs_f64()
    }
}

pub(crate) struct Crowd {
    pub(crate) swarm: Swarm,
    /// When each edit of a connection was sent. The first has the number 1.
    sent: Vec<Vec<Instant>>,
}

impl Crowd {
    pub(crate) fn new() -> Self {
        Self {
            swarm: Swarm::new(),
            sent: Vec::new(),
        }
    }

    /// Joins a session with several connections of `per_player` to each player.
    pub(crate) fn join(
        &mut self,
        server: &Server,
        session: &str,
        count: usize,
        per_player: usize,
    ) -> Vec<Place> {
        let join = |index: usize| {
            let player = index / per_player + 1;
            self.swarm.joined(server.address(), session, player)
        };
        (0..count).map(join).collect()
    }

    /// Sends one edit that sets a step of the starter's first track.
    fn edit(&mut self, author: Place) {
        let track = 1;
        let number = self.next_number(author);
        let (step, velocity) = (number % 16, number % 127 + 1);
        self.swarm.say(
            author,
            &format!(
                r#"{{"edit":{{"number":{number},"edit":{{"step":{{"track":{track},"scene":0,"step":{step},"value":{{"on":true,"velocity":{velocity}}}}}}}}}}}"#
            ),
        );
    }

    /// Sends an edit written as JSON.
    pub(crate) fn say_edit(&mut self, author: Place, edit: &str) {
        let number = self.next_number(author);
        let text = format!(r#"{{"edit":{{"number":{number},"edit":{edit}}}}}"#);
        self.swarm.say(author, &text);
    }

    /// Notes that an edit is sent now.
    fn next_number(&mut self, author: Place) -> usize {
        let places = self.swarm.len().max(author + 1);
        self.sent.resize_with(places, Vec::new);
        self.sent[author].push(Instant::now());
        self.sent[author].len()
    }

    /// `rate` edits a second in all, by the authors in turn, and the time until they are answered.
    pub(crate) fn run(
        &mut self,
        server: &Server,
        authors: &[Place],
        rate: f64,
        lasts: Duration,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let (server_before, own_before) =
            (Time::of(server.process()), Time::of(std::process::id()));
        let mut begin = Instant::now();
        let mut next_author = authors.iter().cycle();
        let (started, mut due) = (begin, 0.0);
        while started.elapsed() < lasts {
            let lag = begin
                .elapsed()
                .saturating_sub(Duration::from_secs_f64(due / rate));
            if lag > LONGEST_LAG {
                begin += lag;
            }
            let now = begin.elapsed().as_secs_f64() * rate;
            while due <= now {
                self.edit(*next_author.next().expect("there are authors"));
                outcome.sent += 1;
                due += 1.0;
            }
            let next = Duration::from_secs_f64(due / rate);
            // Faster than this it sends several at once.
            let pause = next.saturating_sub(begin.elapsed());
            self.listen(pause.max(Duration::from_micros(500)), &mut outcome);
        }
        outcome.lasted = started.elapsed();
        let until = Instant::now() + REST;
        while outcome.accepted < outcome.sent && Instant::now() < until {
            self.listen(Duration::from_millis(5), &mut outcome);
        }
        self.listen(Duration::from_millis(5), &mut outcome);
        // Answers to an earlier stream may come with those to this one.
        outcome.missing = outcome.sent.saturating_sub(outcome.accepted);
        (outcome.server, outcome.store) = Time::of(server.process()).since(&server_before);
        outcome.own = Time::of(std::process::id()).since(&own_before).0;
        outcome
    }

    fn listen(&mut self, wait: Duration, outcome: &mut Outcome) {
        let sent = &self.sent;
        self.swarm.poll(wait, |place, heard, at| match heard {
            Heard::Edit { run, number } => {
                outcome.edits += 1;
                if run != place {
                    outcome.seen_by_others.note(at - sent[run][number - 1]);
                }
            }
            Heard::Accepted { number } => {
                outcome.accepted += 1;
                outcome.acknowledged.note(at - sent[place][number - 1]);
            }
            Heard::Welcome => {
                outcome.resynced += 1;
                outcome.others += 1;
            }
            Heard::Pong | Heard::Other => outcome.others += 1,
        });
    }

    /// The time until an edit comes back in its place of the order, and until it is stored.
    pub(crate) fn one_edit(&mut self, author: Place) -> (Duration, Duration) {
        self.edit(author);
        let sent = Instant::now();
        let (mut seen, mut stored) = (None, None);
        self.swarm.wait_for("an edit is stored", |place, heard| {
            if place == author {
                match heard {
                    Heard::Edit { .. } => seen = Some(sent.elapsed()),
                    Heard::Accepted { .. } => stored = Some(sent.elapsed()),
                    Heard::Welcome | Heard::Pong | Heard::Other => {}
                }
            }
            seen.is_some() && stored.is_some()
        });
        (seen.expect("it came"), stored.expect("it came"))
    }

    /// Sends edits written as JSON one after the other, each when the one before is stored.
    pub(crate) fn make(&mut self, author: Place, edits: impl IntoIterator<Item = String>) {
        for edit in edits {
            self.say_edit(author, &edit);
            self.swarm.wait_for("an edit is stored", |place, heard| {
                place == author && matches!(heard, Heard::Accepted { .. })
            });
        }
    }
}

/// Many new sessions, made by several at once.
pub(crate) fn new_sessions(server: &Server, count: usize) -> Vec<String> {
    const AT_ONCE: usize = 32;
    std::thread::scope(|scope| {
        let makers: Vec<_> = (0..AT_ONCE)
            .map(|maker| {
                let share = (maker..count).step_by(AT_ONCE).count();
                scope.spawn(move || (0..share).map(|_| server.new_session()).collect::<Vec<_>>())
            })
            .collect();
        let made = makers.into_iter().map(|maker| maker.join());
        made.flat_map(|made| made.expect("sessions are made"))
            .collect()
    })
}
