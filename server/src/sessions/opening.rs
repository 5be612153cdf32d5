//! Bringing a session from the store into memory, and telling those who wait why it cannot be.

use super::EnterError;
use super::live::{Command, Waking};
use crate::journal::Journal;
use crate::store::Holding;
use lockstep_session::authority::{Authority, Restored};
use tokio::sync::mpsc;

/// Takes a session over from the store. On a disk that takes nothing it is only looked at.
pub(super) async fn open(waking: &Waking) -> Result<(Authority, Journal), EnterError> {
    let store = &waking.store;
    let (holding, journal) = match store.acquire(waking.session).await {
        Ok(holding) => {
            let journal = Journal::new(store.clone(), &holding);
            (holding, journal)
        }
        // A disk that takes nothing may still be read.
        Err(error) if error.may_pass() => {
            tracing::error!(session = %waking.name, %error, "cannot be held; it is read-only until it can");
            let glance = store.look(waking.session).await?;
            let journal = Journal::unheld(store.clone(), &glance);
            (glance, journal)
        }
        Err(error) => return Err(error.into()),
    };
    let epoch = holding.lease.epoch;
    let restored = replay(holding).await?;
    Ok((Authority::restored(restored, epoch, waking.rates), journal))
}

/// Makes a session of what the store holds of it.
pub(super) async fn replay(holding: Holding) -> Result<Restored, EnterError> {
    let Holding {
        snapshot, records, ..
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
    replay.await.map_err(|_| EnterError::Stopping)?
}

/// Tells everyone who waits why the session cannot be opened.
pub(super) async fn refuse(commands: &mut mpsc::Receiver<Command>, error: &EnterError) {
    commands.close();
    while let Some(command) = commands.recv().await {
        // Who has gone needs no answer.
        match command {
            Command::Join { answer, .. } => drop(answer.send(Err(error.clone()))),
            Command::Read { answer } => drop(answer.send(Err(error.clone()))),
            Command::Edit { answer, .. } => drop(answer.send(Err(error.clone().into()))),
            Command::Text { .. }
            | Command::Heard { .. }
            | Command::CaughtUp { .. }
            | Command::Left { .. }
            | Command::Evict => {}
        }
    }
}
