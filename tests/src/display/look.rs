//! What a window shows, as its colours. It must not know what should be there.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::ops::Range;

/// The pixels of a picture, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    width: usize,
    pixels: Vec<[u8; 3]>,
}

/// A window that shows nothing has a colour or two.
const COLOURS: usize = 40;

impl Look {
    /// From a PNG.
    pub(super) fn read(png: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(Cursor::new(png));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a small picture")];
        let info = reader.next_frame(&mut bytes).expect("a whole PNG");
        let samples = info.color_type.samples();
        let pixels = bytes[..info.buffer_size()].chunks_exact(samples);
        let colour = |pixel: &[u8]| match *pixel {
            [red, green, blue, ..] => [red, green, blue],
            [grey, ..] => [grey; 3],
            [] => [0; 3],
        };
        Self {
            width: usize::try_from(info.width).expect("a small picture"),
            pixels: pixels.map(colour).collect(),
        }
    }

    pub fn is_drawn(&self) -> bool {
        let mut colours = BTreeSet::new();
        self.pixels.iter().any(|pixel| {
            colours.insert(pixel);
            colours.len() >= COLOURS
        })
    }

    /// A rectangle of it.
    pub fn part(&self, columns: Range<usize>, rows: Range<usize>) -> Self {
        let all = self.pixels.chunks_exact(self.width);
        let cut = all.skip(rows.start).take(rows.len());
        let width = columns.end.min(self.width) - columns.start;
        Self {
            width,
            pixels: cut
                .flat_map(|row| row.iter().skip(columns.start).take(width))
                .copied()
                .collect(),
        }
    }
}
