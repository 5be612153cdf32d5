//! What every store must do, whatever it is made of. A backend's tests call this with an empty one.

use super::{Keep, Lease, Place, Store, StoreError};
use crate::link::LinkKey;
use lockstep_session::units::{ServerTime, Span};
use lockstep_session::{ids::Epoch, protocol::Role};

const EDIT: LinkKey = LinkKey([1; 32]);
const LISTEN: LinkKey = LinkKey([2; 32]);
const OTHER: LinkKey = LinkKey([3; 32]);
const NOW: ServerTime = ServerTime::from_micros(1_000_000);

pub(super) async fn check(store: &dyn Store) {
    let links = [(EDIT, Role::Editor), (LISTEN, Role::Listener)];
    let session = store
        .create(&links, b"at first".to_vec(), NOW)
        .await
        .unwrap();
    let other = store
        .create(&[(OTHER, Role::Editor)], b"another".to_vec(), NOW)
        .await
        .unwrap();
    assert_ne!(session, other);

    // A link leads to one session for good.
    let taken = store
        .create(&[(OTHER, Role::Listener)], b"thief".to_vec(), NOW)
        .await;
    assert!(matches!(taken, Err(StoreError::LinkTaken)));

    // Links lead to their session; a link nobody made leads nowhere.
    assert_eq!(
        store.find(EDIT).await.unwrap(),
        Some((session, Role::Editor))
    );
    assert_eq!(
        store.find(LISTEN).await.unwrap(),
        Some((session, Role::Listener))
    );
    assert_eq!(store.find(LinkKey([9; 32])).await.unwrap(), None);

    // A new session has its snapshot and no records.
    let held = store.acquire(session).await.unwrap();
    assert_eq!(
        (held.snapshot.as_slice(), held.records.len(), held.next),
        (b"at first".as_slice(), 0, Place::FIRST)
    );
    let lease = held.lease;

    // Calls on one lease take effect in the order in which they were made, answered or not.
    let one = store.append(lease, Place(1), vec![b"one".to_vec(), b"two".to_vec()]);
    let two = store.append(lease, Place(3), vec![b"three".to_vec()]);
    two.await.unwrap();
    one.await.unwrap();

    // Whoever looks without holding sees the same, and takes nothing away from whoever holds.
    let seen = store.look(session).await.unwrap();
    assert_eq!((seen.records.len(), seen.next), (3, Place(4)));
    assert_eq!(seen.lease, lease);
    assert!(matches!(
        store.look(super::SessionKey(u64::MAX)).await,
        Err(StoreError::Unknown)
    ));

    // A record goes behind the last one and nowhere else.
    for place in [1, 3, 5] {
        let misplaced = store
            .append(lease, Place(place), vec![b"lost".to_vec()])
            .await;
        assert!(matches!(misplaced, Err(StoreError::Misplaced)), "{place}");
    }

    // A lease reads what it holds again, and taking it up again changes nothing.
    let loaded = store.load(lease).await.unwrap();
    assert_eq!(loaded.lease, lease);
    assert_eq!(
        (loaded.snapshot.as_slice(), loaded.records.len()),
        (b"at first".as_slice(), 3)
    );
    assert_eq!(loaded.next, Place(4));
    assert_eq!(store.resume(lease).await.unwrap(), Place(4));

    // Acquiring begins a later epoch, hands over everything, and shuts out the earlier holder.
    let taken = store.acquire(session).await.unwrap();
    assert!(taken.lease.epoch > lease.epoch);
    assert_eq!(
        taken.records,
        [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()]
    );
    assert_eq!(taken.next, Place(4));
    let late = store
        .append(lease, Place(4), vec![b"too late".to_vec()])
        .await;
    assert!(matches!(late, Err(StoreError::Fenced)));
    assert!(matches!(
        store.snapshot(lease, Place(4), b"too late".to_vec()).await,
        Err(StoreError::Fenced)
    ));
    assert!(matches!(store.resume(lease).await, Err(StoreError::Fenced)));
    assert!(matches!(store.load(lease).await, Err(StoreError::Fenced)));
    // Nor can the earlier holder let go of what it no longer has.
    store.release(lease).await.unwrap();

    // A snapshot takes the place of the records it includes, and only of those.
    let lease = taken.lease;
    store
        .snapshot(lease, Place(3), b"with two".to_vec())
        .await
        .unwrap();
    store
        .append(lease, Place(4), vec![b"four".to_vec()])
        .await
        .unwrap();
    assert!(matches!(
        store.snapshot(lease, Place(6), b"ahead".to_vec()).await,
        Err(StoreError::Misplaced)
    ));
    let held = store.acquire(session).await.unwrap();
    assert_eq!(held.snapshot, b"with two");
    assert_eq!(held.records, [b"three".to_vec(), b"four".to_vec()]);

    // A snapshot of everything leaves no records, and the next one still follows.
    store
        .snapshot(held.lease, Place(5), b"with four".to_vec())
        .await
        .unwrap();
    store.release(held.lease).await.unwrap();
    assert!(matches!(
        store
            .append(held.lease, Place(5), vec![b"released".to_vec()])
            .await,
        Err(StoreError::Fenced)
    ));
    // Until somebody else acquires it, a lease that was let go can be taken up again.
    assert_eq!(store.resume(held.lease).await.unwrap(), Place(5));
    store.release(held.lease).await.unwrap();
    let held = store.acquire(session).await.unwrap();
    assert_eq!(
        (held.snapshot.as_slice(), held.records.len(), held.next),
        (b"with four".as_slice(), 0, Place(5))
    );
    store.touch(held.lease, NOW);
    store
        .append(held.lease, Place(5), vec![b"five".to_vec()])
        .await
        .unwrap();

    // The other session saw nothing of this, and a session nobody created does not exist.
    let held = store.acquire(other).await.unwrap();
    assert_eq!(
        (held.snapshot.as_slice(), held.records.len()),
        (b"another".as_slice(), 0)
    );
    let unknown = super::SessionKey(u64::MAX);
    assert!(matches!(
        store.acquire(unknown).await,
        Err(StoreError::Unknown)
    ));
    let forged = Lease {
        session: unknown,
        epoch: Epoch(1),
    };
    assert!(matches!(
        store
            .append(forged, Place(1), vec![b"forged".to_vec()])
            .await,
        Err(StoreError::Fenced)
    ));
    assert!(matches!(
        store.resume(forged).await,
        Err(StoreError::Fenced)
    ));
    assert!(matches!(store.load(forged).await, Err(StoreError::Fenced)));
}

/// What is kept, what goes, and what never does.
pub(super) async fn check_sweeping(store: &dyn Store) {
    const HOUR: Span = Span::from_seconds(3_600);
    let hours = |count: i64| Span::from_seconds(3_600 * count);
    let link = |number| LinkKey([number; 32]);
    let create = async |number| {
        let links = [(link(number), Role::Editor)];
        store.create(&links, vec![number], NOW).await.unwrap()
    };
    let keep = |edited| Keep {
        unedited: HOUR,
        edited,
    };
    let (unedited, edited, held) = (create(1).await, create(2).await, create(3).await);
    let lease = store.acquire(edited).await.unwrap().lease;
    store.touch(lease, NOW + HOUR);
    let written = store.append(lease, Place(1), vec![b"edit".to_vec()]);
    written.await.unwrap();
    store.release(lease).await.unwrap();
    let holding = store.acquire(held).await.unwrap().lease;

    let just_before = NOW + (HOUR - Span::from_micros(1));
    let swept = async |keep, now| store.sweep(keep, now).await.unwrap();
    assert_eq!(swept(keep(None), just_before).await, 0);
    assert_eq!(swept(keep(None), NOW + HOUR).await, 1);
    assert_eq!(store.find(link(1)).await.unwrap(), None);
    assert!(matches!(
        store.acquire(unedited).await,
        Err(StoreError::Unknown)
    ));
    // An edited one is kept for ever, unless somebody says how long.
    assert_eq!(swept(keep(None), NOW + hours(100)).await, 0);
    assert_eq!(swept(keep(Some(hours(2))), NOW + hours(2)).await, 0);
    assert_eq!(swept(keep(Some(HOUR)), NOW + hours(2)).await, 1);
    assert_eq!(store.find(link(2)).await.unwrap(), None);
    assert!(matches!(store.load(lease).await, Err(StoreError::Fenced)));
    assert!(matches!(store.resume(lease).await, Err(StoreError::Fenced)));
    // One that is held goes only after it was let go of.
    assert_eq!(
        store.find(link(3)).await.unwrap(),
        Some((held, Role::Editor))
    );
    store.release(holding).await.unwrap();
    assert_eq!(swept(keep(None), NOW + hours(100)).await, 1);
    // Neither its links nor its key lead to what comes after it.
    let next = create(3).await;
    assert!(![unedited, edited, held].contains(&next));
}
