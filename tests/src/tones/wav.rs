//! WAV files of sixteen bits.

use super::Tone;
use std::io::Cursor;

pub fn wav(tone: Tone) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let specification = hound::WavSpec {
        channels: tone.channels,
        sample_rate: tone.rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::new(&mut file, specification).expect("a header");
    for value in tone.values() {
        writer.write_sample(value).expect("it goes to memory");
    }
    writer.finalize().expect("it goes to memory");
    file.into_inner()
}
