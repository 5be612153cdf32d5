//! A remote host that calls its plugin on time, by itself, until it is told to halt.

use super::{RemoteHost, block_request};
use crate::hosts::{Block, Hand, Sound, Transport};
use crate::machine::{MachineTime, SleepingClock};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::time::Duration;

/// What came out of a host that called its plugin on time, and when.
#[derive(Clone, Debug)]
pub struct Paced {
    pub sound: Sound,
    pub rate: f64,
    /// Frames from which on the host ran without a pause, and when each was due. The next ones are due
    /// by the rate.
    stretches: Vec<(usize, MachineTime)>,
    /// By how many milliseconds each callback came too late.
    pub late: Vec<f64>,
}

impl RemoteHost {
    /// Begins to call the plugin on time.
    pub fn roll(&mut self, transport: Transport) {
        let frames = self.setup.block;
        let start = block_request(&Block { frames, transport });
        self.ask(json!({ "do": "roll", "start": start }))
            .expect("it rolls");
    }

    /// Does something at its transport, with the next block.
    pub fn touch_transport(&mut self, hand: &Hand) {
        self.ask(json!({ "do": "turn", "hand": hand.request() }))
            .expect("it rolls");
    }

    /// What has come out so far. The host is not called meanwhile, and catches up.
    pub fn listen(&mut self) -> Paced {
        self.paced("listen")
    }

    /// Lets the machine under it sleep for a while: the whole process stands still, the device drops
    /// what is due, and so does the system's clock if this one stops it.
    pub fn sleep(&mut self, span: Duration, clock: SleepingClock) {
        let is_clock_stopped = clock == SleepingClock::StandsStill;
        self.ask(json!({ "do": "sleep", "is_clock_stopped": is_clock_stopped }))
            .expect("it rolls");
        let process = Pid::from_child(&self.process);
        kill_process(process, Signal::STOP).expect("it runs");
        std::thread::sleep(span);
        kill_process(process, Signal::CONT).expect("it is there");
        self.ask(json!({ "do": "wake" })).expect("it rolls");
    }

    /// Ends the calling.
    pub fn halt(&mut self) -> Paced {
        self.paced("halt")
    }

    fn paced(&mut self, verb: &str) -> Paced {
        let file = self.audio.clone();
        let answer = self.ask(json!({ "do": verb, "file": file }));
        let answer = answer.expect("it rolls");
        let stretches = answer["stretches"].as_array().expect("there are some");
        let stretches = stretches.iter().map(|stretch| {
            let first = stretch[0].as_u64().expect("a frame");
            let at = stretch[1].as_i64().expect("a time");
            let first = usize::try_from(first).expect("a test is short");
            (first, MachineTime::from_nanos(at))
        });
        let late = answer["late"].as_array().expect("times").iter();
        let frames = answer["frames"].as_u64().expect("a length");
        let frames = usize::try_from(frames).expect("a length fits");
        Paced {
            sound: self.heard(frames, &answer).mix(),
            rate: self.setup.sample_rate,
            stretches: stretches.collect(),
            late: late.filter_map(serde_json::Value::as_f64).collect(),
        }
    }
}

impl Paced {
    /// When a frame is due to leave the host.
    pub fn due(&self, frame: usize) -> MachineTime {
        let begun = self.stretches.iter().rev();
        let mut begun = begun.skip_while(|(first, _)| *first > frame);
        let (first, at) = begun.next().expect("the first begins with the first frame");
        let frames = f64::from(u32::try_from(frame - first).expect("a test is short"));
        at.after(frames / self.rate)
    }
}
