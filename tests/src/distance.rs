//! A server seen from far away: what goes through arrives late and unsteadily, but in order, as on any
//! connection; and the way there can be cut and narrow. It must not know what is said.

use crate::networks::{Chance, Network, Way};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Where the far server is reached. It is there for as long as the test.
#[derive(Debug)]
pub struct Distance {
    address: SocketAddr,
    cable: Arc<Cable>,
}

/// What nothing gets through while it is unplugged. Nobody is told, as with a real one: what was sent
/// arrives when it is plugged in again.
#[derive(Debug, Default)]
struct Cable {
    is_cut: Mutex<bool>,
    healed: Condvar,
}

impl Distance {
    /// Each piece takes the network's time in either direction.
    pub fn over(server: SocketAddr, network: Network) -> Self {
        Self::through(server, network.ways())
    }

    /// Each piece of either direction takes `shortest`, and up to `jitter` more.
    pub fn to(server: SocketAddr, shortest: Duration, jitter: Duration) -> Self {
        let way = Way::even(shortest, jitter);
        Self::through(server, [way, way])
    }

    /// Each piece takes its own way there or back.
    pub fn through(server: SocketAddr, [there, back]: [Way; 2]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let cable = Arc::new(Cable::default());
        let held = Arc::clone(&cable);
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let (Ok(near), Ok(far)) = (near, TcpStream::connect(server)) else {
                    continue;
                };
                for socket in [&near, &far] {
                    // Waiting for more to send would be a delay that nobody asked for.
                    socket.set_nodelay(true).expect("a socket takes options");
                }
                carry(&near, &far, there, &held);
                carry(&far, &near, back, &held);
            }
        });
        Self { address, cable }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Nothing gets through any more, and nobody is told.
    pub fn cut(&self) {
        *self.cable.is_cut.lock().expect("nobody panics with it") = true;
    }

    pub fn heal(&self) {
        *self.cable.is_cut.lock().expect("nobody panics with it") = false;
        self.cable.healed.notify_all();
    }
}

impl Cable {
    fn wait_until_whole(&self) {
        let is_cut = self.is_cut.lock().expect("nobody panics with it");
        let whole = self.healed.wait_while(is_cut, |is_cut| *is_cut);
        drop(whole.expect("nobody panics with it"));
    }
}

/// One direction: a thread takes pieces in, another gives each of them out when its time has come.
fn carry(from: &TcpStream, to: &TcpStream, way: Way, cable: &Arc<Cable>) {
    static CARRIED: AtomicU64 = AtomicU64::new(0);
    let seed = CARRIED.fetch_add(1, Ordering::Relaxed);
    let (from, to) = (
        from.try_clone().expect("a socket has two ends"),
        to.try_clone().expect("a socket has two ends"),
    );
    let (taken, given) = channel();
    let cable = Arc::clone(cable);
    std::thread::spawn(move || give(to, &given, &cable));
    std::thread::spawn(move || take(from, &taken, way, seed));
}

fn take(mut from: TcpStream, taken: &Sender<(Instant, Vec<u8>)>, way: Way, seed: u64) {
    let mut chance = Chance::new(seed);
    let mut piece = [0; 16 * 1024];
    let mut free = Instant::now();
    while let Ok(size @ 1..) = from.read(&mut piece) {
        // A narrow way is taken by one piece after the other.
        free = free.max(Instant::now()) + way.passing(size);
        let due = free + way.delay(&mut chance);
        if taken.send((due, piece[..size].to_vec())).is_err() {
            break;
        }
    }
}

fn give(mut to: TcpStream, given: &Receiver<(Instant, Vec<u8>)>, cable: &Cable) {
    for (due, piece) in given {
        // Not a wait for something to happen: this is the distance itself.
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        cable.wait_until_whole();
        if to.write_all(&piece).is_err() {
            break;
        }
    }
    // The other end has gone, and then so has this one.
    let _ = to.shutdown(Shutdown::Write);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::ASYMMETRIC;

    /// A distance to somebody who sends back what they hear, and a connection over it.
    fn echo(network: Network) -> (Distance, TcpStream) {
        let far = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let distance = Distance::over(far.local_addr().expect("an address"), network);
        let near = TcpStream::connect(distance.address()).expect("it listens");
        std::thread::spawn(move || {
            let (mut socket, _) = far.accept().expect("somebody comes");
            let mut other = socket.try_clone().expect("a socket has two ends");
            let _ = std::io::copy(&mut socket, &mut other);
        });
        (distance, near)
    }

    #[test]
    fn what_goes_there_and_back_takes_at_least_both_ways() {
        let (_distance, mut near) = echo(ASYMMETRIC);
        let began = Instant::now();
        near.write_all(b"word").expect("it goes out");
        near.read_exact(&mut [0; 4]).expect("it comes back");
        assert!(began.elapsed() >= Duration::from_millis(50));
    }

    #[test]
    fn nothing_passes_a_cut_and_nothing_is_lost_by_it() {
        let (distance, mut near) = echo(ASYMMETRIC);
        distance.cut();
        near.write_all(b"word").expect("it goes out");
        let brief = Some(Duration::from_millis(200));
        near.set_read_timeout(brief)
            .expect("a socket takes options");
        let mut heard = [0; 4];
        assert!(near.read(&mut heard).is_err(), "nothing comes");
        near.set_read_timeout(None).expect("a socket takes options");
        distance.heal();
        near.read_exact(&mut heard).expect("it comes back");
        assert_eq!(&heard, b"word");
    }
}
