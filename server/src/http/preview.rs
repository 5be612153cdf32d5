//! What a link to a session shows where it is pasted: its name, what plays in it, and a picture of its
//! own steps. Drawn from the document alone; it must not tell anything by which one could edit.

use lockstep_session::document::Document;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::track::Track;

const WIDTH: usize = 1_200;
const HEIGHT: usize = 630;
const MARGIN: usize = 60;
const COLUMNS: usize = 16;
/// A session with few tracks is not drawn larger than this.
const LEAST_ROWS: usize = 6;

/// Background, step, every other group of steps; then the colours of the tracks, as in the page.
const PALETTE: [[u8; 3]; 12] = [
    [0x14, 0x15, 0x1a],
    [0x22, 0x25, 0x2f],
    [0x2a, 0x2f, 0x3b],
    [0xff, 0x7a, 0x59],
    [0xff, 0xb4, 0x54],
    [0xe6, 0xd9, 0x5c],
    [0x8f, 0xd4, 0x6a],
    [0x4f, 0xcf, 0x9f],
    [0x4f, 0xc3, 0xe0],
    [0x6f, 0x9c, 0xff],
    [0xb4, 0x8c, 0xff],
    [0xf0, 0x7f, 0xc2],
];
const FIRST_TRACK: u8 = 3;

/// The lines of the page's head that say so. `link` is the page's own address.
pub(super) fn head(document: &Document, link: &str) -> String {
    let title = escaped(&document.name);
    let description = escaped(&described(document));
    let picture = escaped(&format!("{link}/preview.png"));
    let link = escaped(link);
    format!(
        "<title>{title} \u{b7} Lockstep</title>\n\
         <meta property=\"og:type\" content=\"website\">\n\
         <meta property=\"og:site_name\" content=\"Lockstep\">\n\
         <meta property=\"og:title\" content=\"{title}\">\n\
         <meta property=\"og:description\" content=\"{description}\">\n\
         <meta property=\"og:url\" content=\"{link}\">\n\
         <meta property=\"og:image\" content=\"{picture}\">\n\
         <meta property=\"og:image:width\" content=\"{WIDTH}\">\n\
         <meta property=\"og:image:height\" content=\"{HEIGHT}\">\n\
         <meta name=\"twitter:card\" content=\"summary_large_image\">"
    )
}

fn described(document: &Document) -> String {
    let tempo = document.timeline.tempo.get();
    let names: Vec<&str> = document
        .tracks
        .iter()
        .map(|track| track.settings.name.as_str())
        .collect();
    let beats = format!("{} beats a minute", tempo / 100);
    match &names[..] {
        [] => format!("An empty session at {beats}. Open the link and play along."),
        names => format!(
            "{} at {beats}. Open the link and play along.",
            names.join(", ")
        ),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The steps of every track as a PNG.
pub(super) fn picture(document: &Document) -> Vec<u8> {
    let mut pixels = vec![0_u8; WIDTH * HEIGHT];
    let rows = document.tracks.len().max(LEAST_ROWS);
    let (across, down) = ((WIDTH - 2 * MARGIN) / COLUMNS, (HEIGHT - 2 * MARGIN) / rows);
    let mut fill = |row: usize, column: usize, share: usize, colour: u8| {
        let gap = 6.min(down / 4);
        let (left, bottom) = (MARGIN + column * across, MARGIN + (row + 1) * down - gap);
        let height = (down - gap) * share.min(127) / 127;
        for line in bottom - height..bottom {
            pixels[line * WIDTH + left..line * WIDTH + left + across - gap].fill(colour);
        }
    };
    for row in 0..rows {
        let track = document.tracks.get(row);
        let pattern = track.and_then(|track| shown_pattern(track));
        for column in 0..COLUMNS {
            fill(row, column, 127, 1 + u8::from(column % 8 >= 4));
            let step = pattern.and_then(|pattern| {
                let length = usize::from(pattern.length().get());
                let step = pattern.playing().nth(column % length);
                step.filter(|step| step.on)
            });
            if let (Some(step), Some(track)) = (step, track) {
                let colour = FIRST_TRACK + track.settings.colour.get();
                fill(row, column, usize::from(step.velocity.get()), colour);
            }
        }
    }
    encoded(&pixels)
}

fn shown_pattern(track: &Track) -> Option<&Pattern> {
    let playing = track.playing.clip.and_then(|scene| track.clip(scene));
    let first = || track.clips.iter().flatten().next();
    playing.or_else(first)?.as_pattern()
}

/// Pixels of the palette, as a PNG.
fn encoded(pixels: &[u8]) -> Vec<u8> {
    let size = |length: usize| u32::try_from(length).expect("a picture is small");
    let mut picture = Vec::new();
    let mut encoder = png::Encoder::new(&mut picture, size(WIDTH), size(HEIGHT));
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(PALETTE.concat());
    encoder.set_compression(png::Compression::High);
    let written = encoder
        .write_header()
        .and_then(|mut picture| picture.write_image_data(pixels));
    written.expect("memory takes everything");
    picture
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::text::LongName;
    use std::io::Cursor;

    #[test]
    fn a_name_cannot_write_into_the_page() {
        let document = Document {
            name: LongName::new("<script>\"&"),
            ..Document::default()
        };
        let head = head(&document, "http://host/s/x");
        assert!(head.contains("<title>&lt;script&gt;&quot;&amp; "), "{head}");
        assert!(!head.contains("<script>"));
    }

    #[test]
    fn every_template_is_a_picture_with_its_colours() {
        for template in &crate::template::TEMPLATES {
            let document = template.document("A session");
            let drawn = picture(&document);
            assert!(
                drawn.len() < 32 * 1024,
                "{} weighs {}",
                template.name,
                drawn.len()
            );
            let mut decoder = png::Decoder::new(Cursor::new(drawn));
            decoder.set_transformations(png::Transformations::EXPAND);
            let mut reader = decoder.read_info().expect("a PNG");
            assert_eq!(reader.info().size(), (1_200, 630));
            let mut pixels = vec![0; reader.output_buffer_size().expect("a small picture")];
            reader.next_frame(&mut pixels).expect("a whole PNG");
            for track in &document.tracks {
                let colour = PALETTE[usize::from(FIRST_TRACK + track.settings.colour.get())];
                let plays = shown_pattern(track)
                    .is_some_and(|pattern| pattern.playing().take(COLUMNS).any(|step| step.on));
                let is_drawn = pixels.chunks_exact(3).any(|pixel| pixel == colour);
                assert!(
                    is_drawn || !plays,
                    "{} of {}",
                    track.settings.name,
                    template.name
                );
            }
        }
    }
}
