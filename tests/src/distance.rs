//! A server seen from far away: what goes through arrives late and unsteadily, but in order, as on any
//! connection. It must not know what is said.

use crate::networks::Chance;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Where the far server is reached. It is there for as long as the test.
#[derive(Debug)]
pub struct Distance {
    address: SocketAddr,
}

impl Distance {
    /// Each piece of either direction takes `shortest`, and up to `jitter` more.
    pub fn to(server: SocketAddr, shortest: Duration, jitter: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        std::thread::spawn(move || {
            for (seed, near) in (0..).step_by(2).zip(listener.incoming()) {
                let (Ok(near), Ok(far)) = (near, TcpStream::connect(server)) else {
                    continue;
                };
                carry(&near, &far, (shortest, jitter), seed);
                carry(&far, &near, (shortest, jitter), seed + 1);
            }
        });
        Self { address }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// One direction: a thread takes pieces in, another gives each of them out when its time has come.
fn carry(from: &TcpStream, to: &TcpStream, (shortest, jitter): (Duration, Duration), seed: u64) {
    let (mut from, to) = (
        from.try_clone().expect("a socket has two ends"),
        to.try_clone().expect("a socket has two ends"),
    );
    let (taken, given) = channel();
    std::thread::spawn(move || give(to, &given));
    std::thread::spawn(move || {
        let mut chance = Chance::new(seed);
        let mut piece = [0; 16 * 1024];
        while let Ok(size @ 1..) = from.read(&mut piece) {
            let due = Instant::now() + shortest + jitter.mul_f64(chance.share());
            if taken.send((due, piece[..size].to_vec())).is_err() {
                break;
            }
        }
    });
}

fn give(mut to: TcpStream, given: &Receiver<(Instant, Vec<u8>)>) {
    for (due, piece) in given {
        // Not a wait for something to happen: this is the distance itself.
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&piece).is_err() {
            break;
        }
    }
    // The other end has gone, and then so has this one.
    let _ = to.shutdown(Shutdown::Write);
}
