//! The threads that sessions live on, one for each core. A session and the sockets of its players
//! share one, so that passing a message on among them wakes no other thread. They know no session.

use crate::store::SessionKey;
use std::{io, thread};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Dropping it ends the threads, and whatever still runs on them.
#[derive(Debug)]
pub(crate) struct Shards {
    shards: Vec<Shard>,
}

#[derive(Debug)]
struct Shard {
    handle: Handle,
    _end: oneshot::Sender<()>,
}

impl Shards {
    pub(crate) fn start() -> io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let shards = (0..cores).map(|_| Shard::start());
        Ok(Self {
            shards: shards.collect::<io::Result<_>>()?,
        })
    }

    /// The thread of a session, the same for as long as the server runs.
    pub(crate) fn of(&self, session: SessionKey) -> &Handle {
        let count = u64::try_from(self.shards.len()).expect("as many as there are cores");
        let place = usize::try_from(session.0 % count).expect("less than there are cores");
        &self.shards[place].handle
    }
}

impl Shard {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel::<()>();
        let run = move || {
            // The other end is only ever dropped.
            let _ = runtime.block_on(ended);
        };
        thread::Builder::new()
            .name("sessions".to_owned())
            .spawn(run)?;
        Ok(Self { handle, _end: end })
    }
}
