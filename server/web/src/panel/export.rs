//! Files made of the session by its server: the mix, every track apart, MIDI, or the session itself.

use crate::dom::{Tag, derived, tag, text};
use crate::measures;
use crate::seat::Seat;
use crate::widget::{Choice, Dial, Range, Shape, decimal};
use leptos::prelude::*;
use lockstep_session::document::words;
use std::sync::Arc;

/// What can be had, where, and what it is good for.
const KINDS: [(&str, &str, &str); 4] = [
    (
        "Mix",
        "mix.wav",
        "One stereo WAV file of everything, as it sounds",
    ),
    (
        "Stems",
        "stems.zip",
        "A stereo WAV file of every track, to be mixed elsewhere",
    ),
    (
        "MIDI",
        "notes.mid",
        "A MIDI file with the notes of every track on its channel",
    ),
    (
        "Session",
        "document.json",
        "The session itself as a JSON file: a copy to keep, or to read with other programs",
    ),
];
const RATES: [i64; 4] = [44_100, 48_000, 88_200, 96_000];
const BITS: [i64; 3] = [16, 24, 32];
const MOST_BARS: i64 = 999;

/// What is asked for. No bars means until everything that plays begins anew together.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Order {
    bars: i64,
    rate: i64,
    bits: i64,
}

pub(super) fn export(seat: Seat) -> Tag {
    let order = RwSignal::new(Order {
        bars: 0,
        rate: 48_000,
        bits: 24,
    });
    let session = seat.session();
    let files = KINDS.map(|(name, file, hint)| {
        let path = format!("/api/v1/sessions/{session}/export/{file}");
        let address = derived(move || address(&path, file, order.get()));
        let link = text("a", "button", name)
            .set("download", "")
            .set("title", hint)
            .attribute("href", address);
        tag("div", "line")
            .with(link)
            .with(text("span", "hint", hint))
    });
    tag("div", "sections")
        .with(tag("div", "section").with_all(files))
        .with(tag("div", "controls").with_all(length_and_format(order)))
}

fn length_and_format(order: RwSignal<Order>) -> [Tag; 3] {
    let write = |bars| match bars {
        0 => "all".to_owned(),
        bars => words::bars(bars),
    };
    let read = |text: &str| Some(decimal(text, 0).unwrap_or(0));
    let unlocked = Signal::stored(false);
    let bars = Dial {
        name: "Length".to_owned(),
        hint: "From the first bar on; all means until everything begins anew together",
        range: Range::new(0, MOST_BARS, 0).words(write, read),
        value: derived(move || order.get().bars),
        turn: Arc::new(move |bars, _| order.update(|order| order.bars = bars)),
        locked: unlocked,
    };
    let rate = Choice {
        name: "Rate".to_owned(),
        hint: "Frames a second",
        options: Signal::stored(
            RATES
                .map(|rate| (rate, format!("{} kHz", measures::fixed(rate / 100, 1))))
                .to_vec(),
        ),
        value: derived(move || order.get().rate),
        choose: Arc::new(move |rate| order.update(|order| order.rate = rate)),
        locked: unlocked,
    };
    let bits = Choice {
        name: "Bits".to_owned(),
        hint: "How finely each frame is written; 32 are floating point",
        options: Signal::stored(BITS.map(|bits| (bits, format!("{bits} bit"))).to_vec()),
        value: derived(move || order.get().bits),
        choose: Arc::new(move |bits| order.update(|order| order.bits = bits)),
        locked: unlocked,
    };
    [bars.show(Shape::Number), rate.show(), bits.show()]
}

fn address(path: &str, file: &str, order: Order) -> String {
    let bars = match order.bars {
        0 => String::new(),
        bars => format!("&bars={bars}"),
    };
    let format = format!("&rate={}&bits={}", order.rate, order.bits);
    let query = match file {
        "document.json" => String::new(),
        "notes.mid" => bars,
        _ => bars + &format,
    };
    match query.strip_prefix('&') {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_asked_for_with_what_it_takes_and_nothing_else() {
        let order = Order {
            bars: 8,
            rate: 44_100,
            bits: 16,
        };
        let all = Order { bars: 0, ..order };
        assert_eq!(
            address("/mix", "mix.wav", order),
            "/mix?bars=8&rate=44100&bits=16"
        );
        assert_eq!(address("/midi", "notes.mid", order), "/midi?bars=8");
        assert_eq!(address("/midi", "notes.mid", all), "/midi");
        assert_eq!(address("/document", "document.json", order), "/document");
    }
}
