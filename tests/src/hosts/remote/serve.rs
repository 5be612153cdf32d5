//! The other end of a remote host, for the CLAP: answers each line of standard input on standard output.

use crate::hosts::{
    Block, Bundles, ClapHost, Edition, Hand, HostSetup, Loop, LoopStyle, Performance, Rolled,
    RollingClapHost, Says, Sound, Touch, Transport,
};
use crate::machine::suspension;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{TryRecvError, channel};
use std::time::Duration;

/// The plugin, called when the test asks, or on time.
enum Host {
    None,
    Still(ClapHost),
    Rolling(RollingClapHost),
}

/// What nobody asks for is looked for so often.
const SPARE: Duration = Duration::from_millis(2);

/// Serves until its input ends.
pub fn serve() {
    let (requests, asked) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let line = line.expect("requests are text");
            requests.send(line).expect("it serves");
        }
    });
    let mut host = Host::None;
    loop {
        let line = match asked.try_recv() {
            Ok(line) => line,
            Err(TryRecvError::Empty) => {
                host.attend();
                // Waiting for both would be for a moment of a clock that may stand still.
                std::thread::sleep(SPARE);
                continue;
            }
            Err(TryRecvError::Disconnected) => return,
        };
        let request: Value = serde_json::from_str(&line).expect("requests are JSON");
        let answer = json!({ "answer": obey(&mut host, &request) });
        let mut output = std::io::stdout().lock();
        writeln!(output, "{answer}").expect("somebody reads");
        output.flush().expect("somebody reads");
    }
}

impl Host {
    fn attend(&mut self) {
        match self {
            Self::None => {}
            Self::Still(open) => open.attend(),
            Self::Rolling(rolling) => rolling.main_thread().attend(),
        }
    }
}

fn obey(host: &mut Host, request: &Value) -> Value {
    let verb = request["do"].as_str().expect("a verb");
    if verb == "open" {
        let bundles = Bundles {
            folder: PathBuf::from(request["path"].as_str().expect("a path")),
        };
        let setup = HostSetup {
            sample_rate: request["sample_rate"].as_f64().expect("a rate"),
            block: whole(&request["block"]),
        };
        let edition = if request["is_multi"] == true {
            Edition::Multi
        } else {
            Edition::Stereo
        };
        *host = Host::Still(ClapHost::open_edition(&bundles, edition, setup));
        return Value::Null;
    }
    match verb {
        "close" => {
            *host = Host::None;
            return Value::Null;
        }
        "roll" => {
            let Host::Still(still) = std::mem::replace(host, Host::None) else {
                panic!("no plugin stands still");
            };
            *host = Host::Rolling(still.roll(block(&request["start"]).transport));
            return Value::Null;
        }
        "halt" => return halt(host, request),
        _ => {}
    }
    let open = match host {
        Host::None => panic!("a plugin is open"),
        Host::Still(open) => open,
        Host::Rolling(rolling) if verb == "turn" => {
            rolling.touch(Hand::of(&request["hand"]));
            return Value::Null;
        }
        Host::Rolling(rolling) if verb == "sleep" => {
            rolling.sleep(true);
            if request["is_clock_stopped"] == true {
                suspension::begin();
            }
            return Value::Null;
        }
        Host::Rolling(rolling) if verb == "wake" => {
            rolling.sleep(false);
            return Value::Null;
        }
        Host::Rolling(rolling) if verb == "listen" => {
            let rate = rolling.main_thread().setup().sample_rate;
            return told(&rolling.rolled(), rate, request);
        }
        Host::Rolling(rolling) => rolling.main_thread(),
    };
    match verb {
        "save_state" => STANDARD.encode(open.save_state()).into(),
        "load_state" => {
            let state = STANDARD.decode(request["state"].as_str().expect("a state"));
            open.load_state(&state.expect("base 64")).into()
        }
        "parameter" => open
            .parameter(request["name"].as_str().expect("a name"))
            .into(),
        "offline" => {
            open.deactivate();
            open.set_offline(request["is_offline"].as_bool().expect("yes or no"));
            open.activate();
            Value::Null
        }
        "feed" => {
            let bytes = std::fs::read(file(request)).expect("the test wrote the sound");
            open.feed(Sound::of_bytes(&bytes, 0));
            Value::Null
        }
        "show_window" => {
            open.show_window(request["parent"].as_u64().expect("a window"));
            Value::Null
        }
        "close_window" => {
            open.close_window();
            Value::Null
        }
        "render" => render(open, request),
        other => panic!("this host does not know how to {other}"),
    }
}

fn halt(host: &mut Host, request: &Value) -> Value {
    let Host::Rolling(rolling) = std::mem::replace(host, Host::None) else {
        panic!("no plugin rolls");
    };
    let (still, rolled) = rolling.stop_with_times();
    let rate = still.setup().sample_rate;
    *host = Host::Still(still);
    told(&rolled, rate, request)
}

/// What came out on time, and when.
fn told(rolled: &Rolled, rate: f64, request: &Value) -> Value {
    let late = rolled.callbacks.iter().map(|(at, frames)| {
        let stretch = rolled.stretch(*frames);
        let due = stretch.due(*frames, rate).as_secs_f64();
        (at.duration_since(stretch.began).as_secs_f64() - due) * 1e3
    });
    let late: Vec<f64> = late.collect();
    let mut answer = written(&rolled.performance, request);
    let stretches = rolled.stretches.iter();
    let stretches = stretches.map(|stretch| json!([stretch.first, stretch.at.as_nanos()]));
    answer["stretches"] = stretches.collect();
    answer["late"] = late.into();
    answer["frames"] = rolled.performance.frames().into();
    answer
}

fn render(host: &mut ClapHost, request: &Value) -> Value {
    for touch in request["touches"].as_array().expect("touches") {
        host.touch(whole(&touch[0]), touched(touch));
    }
    let blocks = request["blocks"].as_array().expect("blocks");
    let blocks: Vec<Block> = blocks.iter().map(block).collect();
    let performance = host.perform_blocks(&blocks);
    written(&performance, request)
}

/// Writes the sound where the request wants it, and says the rest.
fn written(performance: &Performance, request: &Value) -> Value {
    let latency = performance.ports.first().map_or(0, |port| port.latency);
    let bytes: Vec<u8> = performance.ports.iter().flat_map(Sound::bytes).collect();
    std::fs::write(file(request), bytes).expect("a file can be written");
    let notes = performance.notes.iter();
    let notes = notes.map(|note| json!([note.frame, note.channel, note.key, note.velocity]));
    json!({ "latency": latency, "notes": notes.collect::<Vec<_>>() })
}

fn file(request: &Value) -> &Path {
    Path::new(request["file"].as_str().expect("a file"))
}

fn touched(touch: &Value) -> Touch {
    let byte = |place: usize| u8::try_from(whole(&touch[place])).expect("a byte");
    if touch[3].is_null() {
        Touch::Parameter {
            number: u32::try_from(whole(&touch[1])).expect("a number"),
            value: touch[2].as_f64().expect("a value"),
        }
    } else {
        Touch::Midi([byte(1), byte(2), byte(3)])
    }
}

fn block(request: &Value) -> Block {
    let tempo = request[2].as_f64();
    let part = |place: usize| u16::try_from(whole(&request[5][place])).expect("a signature");
    let rolling = Transport::rolling(
        tempo.unwrap_or(120.0),
        request[3].as_f64().expect("a place"),
    );
    let says = if tempo.is_some() {
        Says::EVERYTHING
    } else {
        Says::NOTHING
    };
    let bound = |place: usize| request[4][place].as_f64();
    let looped = bound(0).zip(bound(1)).map(|(start, end)| Loop {
        start,
        end,
        style: LoopStyle::Wraps,
    });
    Block {
        frames: whole(&request[0]),
        transport: Transport {
            is_rolling: request[1] == true,
            looped,
            signature: (part(0), part(1)),
            is_recording: request[6] == true,
            says,
            ..rolling
        },
    }
}

fn whole(value: &Value) -> usize {
    let number = value.as_u64().expect("a whole number");
    usize::try_from(number).expect("it fits")
}
