//! Which part of a session is written, and how exactly. It must not know where to.

use lockstep_engine::{Sample, SampleRate};
use lockstep_offline::{Depth, LONGEST_TAIL, Render, Stretch, common_cycle};
use lockstep_session::document::Document;
use lockstep_session::units::{Beat, BeatSpan};
use std::ops::RangeInclusive;
use std::sync::Arc;

const BARS: RangeInclusive<u32> = 1..=25_000;
const RATES: RangeInclusive<u32> = 8_000..=192_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Args)]
pub(crate) struct Part {
    /// How many bars.
    #[arg(long, value_name = "N", value_parser = parse_bars)]
    bars: Option<u32>,
    /// The bar to begin with.
    #[arg(long, value_name = "BAR", default_value_t = 1, value_parser = parse_bars)]
    from: u32,
    /// Frames a second.
    #[arg(long, value_name = "HZ", default_value_t = 48_000, value_parser = parse_rate)]
    rate: u32,
    /// How exactly samples are written: 16, 24, or 32 with a floating point.
    #[arg(long, value_name = "BITS", default_value = "24", value_parser = parse_depth)]
    bits: Depth,
}

impl Default for Part {
    fn default() -> Self {
        Self {
            bars: None,
            from: 1,
            rate: 48_000,
            bits: Depth::TwentyFour,
        }
    }
}

impl Part {
    /// Reads a query such as `bars=4&rate=44100`: the same as the flags.
    pub(crate) fn of_query(query: &str) -> Result<Self, String> {
        let mut part = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let outcome = match name {
                "bars" => parse_bars(value).map(|bars| part.bars = Some(bars)),
                "from" => parse_bars(value).map(|from| part.from = from),
                "rate" => parse_rate(value).map(|rate| part.rate = rate),
                "bits" => parse_depth(value).map(|bits| part.bits = bits),
                _ => return Err("it takes bars, from, rate and bits".to_owned()),
            };
            outcome.map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(part)
    }

    pub(crate) fn rate(&self) -> u32 {
        self.rate
    }

    pub(crate) fn bits(&self) -> Depth {
        self.bits
    }

    /// How many bytes a second of sound takes.
    pub(crate) fn bytes_a_second(&self) -> u64 {
        let bytes = match self.bits {
            Depth::Sixteen => 2,
            Depth::TwentyFour => 3,
            Depth::Float => 4,
        };
        u64::from(self.rate) * 2 * bytes
    }

    /// Without a number of bars it goes on until everything that plays begins anew together, or is
    /// cut where that takes too long.
    pub(crate) fn stretch(&self, document: &Document) -> (Stretch, bool) {
        let from = Beat::ZERO + BeatSpan::BAR.times(i64::from(self.from) - 1);
        let (span, is_cut) = match self.bars {
            Some(bars) => (BeatSpan::BAR.times(i64::from(bars)), false),
            None => {
                let cycle = common_cycle(document, from);
                (cycle.span, cycle.is_cut)
            }
        };
        (Stretch::new(from, span), is_cut)
    }

    pub(crate) fn render<'a>(
        &self,
        document: &'a Document,
        stretch: Stretch,
        samples: &'a [Arc<Sample>],
    ) -> Render<'a> {
        Render {
            document,
            stretch,
            rate: SampleRate::new(f64::from(self.rate)).expect("the range of rates is narrower"),
            samples,
            longest_tail: LONGEST_TAIL,
        }
    }
}

fn parse_bars(text: &str) -> Result<u32, String> {
    number(text, BARS)
}

fn parse_rate(text: &str) -> Result<u32, String> {
    number(text, RATES)
}

fn number(text: &str, range: RangeInclusive<u32>) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("it is a number from {} to {}", range.start(), range.end()))
}

fn parse_depth(bits: &str) -> Result<Depth, String> {
    match bits {
        "16" => Ok(Depth::Sixteen),
        "24" => Ok(Depth::TwentyFour),
        "32" => Ok(Depth::Float),
        _ => Err("it is 16, 24 or 32".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_the_same_as_the_flags() {
        assert_eq!(Part::of_query(""), Ok(Part::default()));
        let part = Part::of_query("bars=4&from=3&rate=44100&bits=16").unwrap();
        assert_eq!(part.bytes_a_second(), 44_100 * 4);
        let (stretch, _) = part.stretch(&Document::default());
        assert_eq!(stretch.from(), Beat::from_micros(8_000_000));
        assert_eq!(stretch.span(), BeatSpan::BAR.times(4));
    }

    #[test]
    fn a_query_that_makes_no_sense_is_refused_in_words() {
        for (query, word) in [
            ("bars=0", "bars: it is a number from 1 to 25000"),
            ("bars=-1", "bars"),
            ("bars=1e3", "bars"),
            ("from=", "from"),
            ("rate=7999", "rate"),
            ("rate=99999999999999999999", "rate"),
            ("bits=8", "16, 24 or 32"),
            ("bits", "16, 24 or 32"),
            ("length=3", "bars, from, rate and bits"),
        ] {
            let said = Part::of_query(query).unwrap_err();
            assert!(said.contains(word), "{query}: {said}");
        }
    }
}
