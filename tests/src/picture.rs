//! Pictures of sound: a waveform above a spectrogram, and sheets of many. They know nothing of what
//! made the sound.

use crate::hosts::Sound;
use crate::measures::{FRAMES_OF_SPECTRUM, mono, spectrum};
use std::io::BufWriter;
use std::path::Path;

/// Rows of colours, from the top.
#[derive(Clone, Debug)]
pub struct Picture {
    width: usize,
    pixels: Vec<[u8; 3]>,
}

const WIDTH: usize = 800;
const WAVE: usize = 140;
const SPECTROGRAM: usize = 320;
const HERTZ: [f64; 2] = [20.0, 20_000.0];
/// How many decibels below the loudest are shown.
const RANGE: f64 = 80.0;
const PAPER: [u8; 3] = [0, 0, 0];
const LINE: [u8; 3] = [60, 60, 70];
const WAVE_INK: [u8; 3] = [120, 220, 180];
const CLIPPED: [u8; 3] = [255, 60, 60];
const TEXT: [u8; 3] = [255, 255, 255];
/// How large a letter's dots are.
const DOT: usize = 3;
const FEWEST_COLUMNS: usize = 4;

impl Picture {
    pub fn blank(width: usize, height: usize) -> Self {
        Self {
            width,
            pixels: vec![PAPER; width * height],
        }
    }

    /// A sound with its name.
    pub fn of(sound: &Sound, name: &str, rate: f64) -> Self {
        let mut picture = Self::blank(WIDTH, WAVE + SPECTROGRAM);
        let mono = mono(sound);
        picture.wave(sound);
        picture.spectrogram(&mono, rate);
        picture.write(name, 4, 4);
        picture
    }

    /// Pictures of one size beside each other, at half their size.
    pub fn sheet(pictures: &[Picture]) -> Self {
        let [width, height] = [WIDTH / 2, (WAVE + SPECTROGRAM) / 2];
        let columns = pictures.len().isqrt().max(FEWEST_COLUMNS);
        let rows = pictures.len().div_ceil(columns);
        let mut sheet = Self::blank((width + 4) * columns, (height + 4) * rows);
        for (place, picture) in pictures.iter().enumerate() {
            let (left, top) = (
                place % columns * (width + 4),
                place / columns * (height + 4),
            );
            for y in 0..height {
                for x in 0..width {
                    sheet.dot(left + x, top + y, picture.brightest(2 * x, 2 * y));
                }
            }
        }
        sheet
    }

    pub fn save(&self, file: &Path) {
        let open = std::fs::File::create(file).expect("a picture can be written here");
        let side = |length: usize| u32::try_from(length).expect("pictures are small");
        let height = self.pixels.len() / self.width.max(1);
        let mut encoder = png::Encoder::new(BufWriter::new(open), side(self.width), side(height));
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().expect("the picture is written");
        writer
            .write_image_data(self.pixels.as_flattened())
            .expect("the picture is written");
    }

    fn dot(&mut self, x: usize, y: usize, colour: [u8; 3]) {
        if x < self.width
            && let Some(pixel) = self.pixels.get_mut(y * self.width + x)
        {
            *pixel = colour;
        }
    }

    /// The brightest of four dots, so that thin lines outlast a smaller size.
    fn brightest(&self, x: usize, y: usize) -> [u8; 3] {
        let near = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(right, down)| {
            let pixel = self.pixels.get((y + down) * self.width + x + right);
            pixel.copied().unwrap_or(PAPER)
        });
        let light = |colour: &[u8; 3]| colour.iter().map(|&part| u32::from(part)).sum::<u32>();
        near.into_iter().max_by_key(light).unwrap_or(PAPER)
    }

    fn wave(&mut self, sound: &Sound) {
        for x in 0..WIDTH {
            self.dot(x, WAVE / 2, LINE);
            let frames = x * sound.frames() / WIDTH..(x + 1) * sound.frames() / WIDTH;
            let both = sound.left[frames.clone()]
                .iter()
                .chain(&sound.right[frames]);
            let (low, high) = both.fold((0.0_f32, 0.0_f32), |(low, high), &sample| {
                (low.min(sample), high.max(sample))
            });
            let height = |sample: f32| whole((0.5 - f64::from(sample) * 0.5) * WAVE as f64);
            let ink = if high >= 1.0 || low <= -1.0 {
                CLIPPED
            } else {
                WAVE_INK
            };
            for y in height(high)..=height(low).min(WAVE - 1) {
                self.dot(x, y, ink);
            }
        }
    }

    fn spectrogram(&mut self, mono: &[f32], rate: f64) {
        let hop = mono.len() / WIDTH;
        // A spectrum belongs to the middle of what it looks at.
        let around = [&[0.0; FRAMES_OF_SPECTRUM / 2], mono].concat();
        let spectra: Vec<Vec<f32>> = (0..WIDTH).map(|x| spectrum(&around, x * hop)).collect();
        let loudest = spectra
            .iter()
            .flatten()
            .fold(1e-9_f32, |most, &now| most.max(now));
        let [low, high] = HERTZ;
        for y in 0..SPECTROGRAM {
            let bin = |y: usize| {
                let share = 1.0 - y as f64 / SPECTROGRAM as f64;
                low * (high / low).powf(share) / rate * FRAMES_OF_SPECTRUM as f64
            };
            let (from, to) = (bin(y + 1), bin(y));
            for (x, spectrum) in spectra.iter().enumerate() {
                let level = strongest(spectrum, from, to) / f64::from(loudest);
                let decibels = 20.0 * level.max(1e-9).log10();
                self.dot(x, WAVE + y, heat(1.0 + decibels / RANGE));
            }
        }
    }

    /// Small letters, digits and dashes.
    fn write(&mut self, text: &str, left: usize, top: usize) {
        for (place, letter) in text.bytes().enumerate() {
            let glyph = match letter {
                b'a'..=b'z' => LETTERS[usize::from(letter - b'a')],
                b'0'..=b'9' => DIGITS[usize::from(letter - b'0')],
                b'-' => 0o00700,
                _ => 0,
            };
            for row in 0..5 {
                for column in 0..3 {
                    if glyph >> (14 - row * 3 - column) & 1 == 0 {
                        continue;
                    }
                    for dot in 0..DOT * DOT {
                        let x = left + (place * 4 + column) * DOT + dot % DOT;
                        self.dot(x, top + row * DOT + dot / DOT, TEXT);
                    }
                }
            }
        }
    }
}

/// The strongest between two places of a spectrum; where they lie within one step, what lies on the
/// line there.
fn strongest(spectrum: &[f32], from: f64, to: f64) -> f64 {
    let at = |place: usize| spectrum.get(place).map_or(0.0, |&level| f64::from(level));
    let first = whole(from.ceil());
    if to - from >= 1.0 {
        return (first..=whole(to)).map(at).fold(0.0, f64::max);
    }
    let (place, rest) = (whole(from), from - from.floor());
    at(place) * (1.0 - rest) + at(place + 1) * rest
}

/// From black over violet and orange to white.
fn heat(share: f64) -> [u8; 3] {
    let ramp = |from: f64, to: f64| whole(((share - from) / (to - from)).clamp(0.0, 1.0) * 255.0);
    let blue = ramp(0.0, 0.4).saturating_sub(ramp(0.4, 0.7)) + ramp(0.8, 1.0);
    [ramp(0.15, 0.65), ramp(0.5, 0.95), blue.min(255)].map(|part| u8::try_from(part).unwrap_or(255))
}

/// A number without what is behind its point; nothing is below zero.
fn whole(value: f64) -> usize {
    format!("{:.0}", value.max(0.0).floor())
        .parse()
        .unwrap_or(0)
}

/// Three dots a row, from the top.
const LETTERS: [u32; 26] = [
    0o25755, 0o65656, 0o34443, 0o65556, 0o74647, 0o74644, 0o34553, 0o55755, 0o72227, 0o11152,
    0o55655, 0o44447, 0o57755, 0o65555, 0o25552, 0o65644, 0o25563, 0o65655, 0o34216, 0o72222,
    0o55557, 0o55552, 0o55775, 0o55255, 0o55222, 0o71247,
];
const DIGITS: [u32; 10] = [
    0o75557, 0o26227, 0o71747, 0o71717, 0o55711, 0o74717, 0o74757, 0o71111, 0o75757, 0o75717,
];
