//! A remote host that calls its plugin on time, by itself, until it is told to halt.

use super::{RemoteHost, block_request};
use crate::hosts::{Block, Hand, Sound, Transport};
use crate::machine::MachineTime;
use serde_json::json;

/// What came out of a host that called its plugin on time, and when.
#[derive(Clone, Debug)]
pub struct Paced {
    pub sound: Sound,
    pub rate: f64,
    /// When the first frame was due. Each later one is due by the rate.
    pub began: MachineTime,
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

    /// Ends the calling.
    pub fn halt(&mut self) -> Paced {
        self.paced("halt")
    }

    fn paced(&mut self, verb: &str) -> Paced {
        let file = self.audio.clone();
        let answer = self.ask(json!({ "do": verb, "file": file }));
        let answer = answer.expect("it rolls");
        let late = answer["late"].as_array().expect("times").iter();
        let frames = answer["frames"].as_u64().expect("a length");
        let frames = usize::try_from(frames).expect("a length fits");
        Paced {
            sound: self.heard(frames, &answer).mix(),
            rate: self.setup.sample_rate,
            began: MachineTime::from_nanos(answer["began"].as_i64().expect("a time")),
            late: late.filter_map(serde_json::Value::as_f64).collect(),
        }
    }
}

impl Paced {
    /// When a frame is due to leave the host.
    pub fn due(&self, frame: usize) -> MachineTime {
        let frame = f64::from(u32::try_from(frame).expect("a test is short"));
        self.began.after(frame / self.rate)
    }
}
