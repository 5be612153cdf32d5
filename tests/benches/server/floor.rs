//! What the system itself takes to hand the same bytes to as many sockets: a plain loop of
//! `send()` in a process of its own, whose peers read what they are sent.

use rustix::event::epoll;
use rustix::net::{SendFlags, send};
use rustix::time::{ClockId, clock_gettime};
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

const FLAG: &str = "--floor";
const LASTS: Duration = Duration::from_secs(2);
/// Sends before the peers are left alone to catch up.
const BURST: usize = 2_000;

/// What one `send()` takes of a processor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floor {
    /// In a loop that never waits.
    pub(crate) busy: Duration,
    /// In groups at the pace of the load it is compared with: caches are cold and peers asleep.
    pub(crate) paced: Duration,
}

/// `sockets` in groups of `group`, each group of which is sent to together; `rate` groups a second.
pub(crate) fn measure(sockets: usize, group: usize, bytes: usize, rate: u32) -> Floor {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .arg(FLAG)
        .args([sockets, group, bytes].map(|number| number.to_string()))
        .arg(rate.to_string())
        .output()
        .expect("this program can be run");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("numbers");
    let mut nanos = text
        .split_whitespace()
        .map(|nanos| Duration::from_nanos(nanos.parse().expect("nanoseconds")));
    Floor {
        busy: nanos.next().expect("two numbers"),
        paced: nanos.next().expect("two numbers"),
    }
}

/// Does the measuring, if this process was started for that.
pub(crate) fn was_asked_for() -> bool {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(at) = arguments.iter().position(|argument| argument == FLAG) else {
        return false;
    };
    let number = |place: usize| arguments[at + place].parse::<usize>().expect("a number");
    let (sockets, group, bytes) = (number(1), number(2), number(3));
    let rate = u32::try_from(number(4)).expect("a rate is small");
    let ends = pairs(sockets);
    let text = vec![b'x'; bytes];
    let busy = busy(&ends, &text);
    let paced = paced(&ends, group, &text, rate);
    println!("{} {}", busy.as_nanos(), paced.as_nanos());
    true
}

/// Sockets to send to. A thread reads at their other ends.
fn pairs(count: usize) -> Vec<TcpStream> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let end = TcpStream::connect(address).expect("our own port");
        end.set_nodelay(true).expect("a socket");
        end.set_nonblocking(true).expect("a socket");
        near.push(end);
        far.push(listener.accept().expect("it was just opened").0);
    }
    std::thread::spawn(move || drain(far));
    near
}

fn drain(mut ends: Vec<TcpStream>) {
    let all = epoll::create(epoll::CreateFlags::CLOEXEC).expect("an epoll");
    for (place, end) in (0..).zip(&ends) {
        end.set_nonblocking(true).expect("a socket");
        let data = epoll::EventData::new_u64(place);
        epoll::add(&all, end, data, epoll::EventFlags::IN).expect("room");
    }
    let mut events = Vec::with_capacity(1024);
    let mut room = vec![0; 64 * 1024];
    loop {
        events.clear();
        let waited = epoll::wait(&all, rustix::buffer::spare_capacity(&mut events), None);
        if waited.is_err() {
            continue;
        }
        for event in &events {
            let place = usize::try_from(event.data.u64()).expect("a place");
            // Nothing there is as good as something: it is asked again.
            let _ = ends[place].read(&mut room);
        }
    }
}

fn busy(ends: &[TcpStream], text: &[u8]) -> Duration {
    let (mut spent, mut sent) = (Duration::ZERO, 0);
    let until = Instant::now() + LASTS;
    let mut next = ends.iter().cycle();
    while Instant::now() < until {
        let before = on_processor();
        for end in next.by_ref().take(BURST) {
            sent += u32::from(send(end, text, SendFlags::NOSIGNAL).is_ok());
        }
        spent += on_processor() - before;
        std::thread::sleep(Duration::from_millis(2));
    }
    spent / sent
}

fn paced(ends: &[TcpStream], group: usize, text: &[u8], rate: u32) -> Duration {
    let (mut spent, mut sent) = (Duration::ZERO, 0);
    let begin = Instant::now();
    let mut groups = ends.chunks(group).cycle();
    let mut rounds = 0;
    while begin.elapsed() < LASTS {
        let due = begin + Duration::from_secs(1) * rounds / rate;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        rounds += 1;
        let before = on_processor();
        for end in groups.next().expect("they go round") {
            sent += u32::from(send(end, text, SendFlags::NOSIGNAL).is_ok());
        }
        spent += on_processor() - before;
    }
    spent / sent
}

/// Time this thread has had of a processor.
fn on_processor() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().expect("time goes forward"),
        time.tv_nsec.try_into().expect("below a second"),
    )
}
