//! An input for a page that records: a file that is played into a microphone which is none, and a witness
//! that hears the same by code of its own. It must not know what the page makes of it.

use super::{Browser, Ear, Screen};
use crate::hosts::Sound;
use std::borrow::Borrow;
use std::path::Path;
use std::time::{Duration, SystemTime};

const WITNESS: &str = include_str!("witness.js");

/// What happens when a page asks to listen.
#[derive(Clone, Copy, Debug)]
pub enum Microphone<'a> {
    /// It hears this WAV file once, from when it is opened.
    Plays(&'a Path),
    Refused,
}

impl Browser {
    /// A browser with an input, at a session whose steps are there.
    pub fn recording(url: &str, screen: Screen, microphone: Microphone<'_>) -> Self {
        let answer = match microphone {
            Microphone::Plays(file) => vec![
                "--use-fake-ui-for-media-stream".to_owned(),
                format!(
                    "--use-file-for-fake-audio-capture={}%noloop",
                    file.display()
                ),
            ],
            Microphone::Refused => vec!["--use-fake-ui-for-media-stream=deny".to_owned()],
        };
        let device = "--use-fake-device-for-media-stream".to_owned();
        let flags: Vec<String> = answer.into_iter().chain([device]).collect();
        let page = Self::start(&flags, screen);
        page.visit(url);
        page.wait_until_joined();
        page
    }
}

impl<P: Borrow<Browser>> Ear<P> {
    /// Listens to the inputs that the page opens from now on.
    pub fn listen_to_inputs(&self) {
        self.page().evaluate(WITNESS);
    }

    /// When each strike that came in was played: going by what the browser says of its output, and of how
    /// long sound is on its way.
    pub fn strikes(&self) -> Vec<SystemTime> {
        let heard = self.overheard();
        let way = self.page().evaluate("return witness.way()");
        let way = Duration::from_secs_f64(way.as_f64().expect("seconds"));
        let first = self.first();
        let strikes = self.page().evaluate("return witness.strikes()");
        let strikes = strikes.as_array().expect("frames").iter();
        let frames = strikes.map(|frame| frame.as_u64().expect("a frame") - first);
        frames
            .map(|frame| heard.heard_at(usize::try_from(frame).expect("a test is short")) - way)
            .collect()
    }

    /// Takes the input away, as when its plug is pulled.
    pub fn pull_the_plug(&self) {
        self.page()
            .evaluate("witness.track.stop(); witness.track.dispatchEvent(new Event('ended'))");
    }
}

/// Short bursts of noise at these times, in seconds, as a WAV file of one channel at 48 kHz.
pub fn strikes_at(file: &Path, times: &[f64], seconds: f64) {
    let specification = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let setup = crate::hosts::HostSetup {
        sample_rate: 48_000.0,
        block: 1,
    };
    let mut sound = vec![0_i16; setup.frames(seconds)];
    for time in times {
        let start = setup.frames(*time);
        for (frame, sample) in sound[start..start + 240].iter_mut().enumerate() {
            let sign = if frame / 6 % 2 == 0 { 1 } else { -1 };
            *sample = sign * 16_000;
        }
    }
    let mut writer = hound::WavWriter::create(file, specification).expect("a file");
    for sample in sound {
        writer.write_sample(sample).expect("it is written");
    }
    writer.finalize().expect("it is written");
}

/// The sound of a file that a server keeps, its rate, and how loud it is.
pub fn decoded(bytes: &[u8]) -> (Sound, u32) {
    let decoded = lockstep_decoder::frames(bytes).expect("a sample");
    let mut channels = decoded.channels.into_iter();
    let left = channels.next().expect("a channel");
    let right = channels.next().unwrap_or_else(|| left.clone());
    (Sound::new(left, right, 0), decoded.shape.rate.get())
}
