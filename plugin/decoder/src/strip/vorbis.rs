//! The setup header of Vorbis: a few bytes of it can ask a decoder for gigabytes of tables. Here its
//! codebooks are counted before any is built.

use crate::Refusal;

const IDENTIFICATION: &[u8] = b"\x01vorbis";
const SETUP: &[u8] = b"\x05vorbis";
/// Of all codebooks together; what encoders write stays below a third of each.
const MOST_ENTRIES: u64 = 1 << 17;
const MOST_VALUES: u64 = 1 << 21;

/// Whether the first page of an Ogg file begins a Vorbis stream.
pub(crate) fn begins(page: &[u8]) -> bool {
    let pieces = page.get(26).copied().unwrap_or_default();
    page.get(27 + usize::from(pieces)..)
        .is_some_and(|body| body.starts_with(IDENTIFICATION))
}

pub(crate) fn check_setup(packet: &[u8]) -> Result<(), Refusal> {
    let bits = packet
        .strip_prefix(SETUP)
        .ok_or_else(|| Refusal::unreadable("its setup is missing"))?;
    let counted = count(&mut Bits { bytes: bits, at: 0 });
    let (entries, values) =
        counted.ok_or_else(|| Refusal::unreadable("its codebooks are cut off"))?;
    if entries > MOST_ENTRIES || values > MOST_VALUES {
        return Err(Refusal::unreadable(
            "its codebooks are far larger than any encoder makes them",
        ));
    }
    Ok(())
}

/// How many entries and values all codebooks have. It stops where they become too many.
fn count(bits: &mut Bits<'_>) -> Option<(u64, u64)> {
    let (mut all_entries, mut all_values) = (0, 0);
    for _ in 0..=bits.take(8)? {
        if bits.take(24)? != 0x56_43_42 {
            return None;
        }
        let dimensions = bits.take(16)?;
        let entries = bits.take(24)?;
        all_entries += entries;
        all_values += entries * dimensions;
        if all_entries > MOST_ENTRIES || all_values > MOST_VALUES {
            break;
        }
        pass_over_lengths(bits, entries)?;
        let values = match bits.take(4)? {
            0 => continue,
            1 => lattice(entries, dimensions),
            2 => entries * dimensions,
            _ => return None,
        };
        bits.take(32)?;
        bits.take(32)?;
        let width = bits.take(4)? + 1;
        bits.take(1)?;
        bits.skip(values * width);
    }
    (!bits.is_over()).then_some((all_entries, all_values))
}

fn pass_over_lengths(bits: &mut Bits<'_>, entries: u64) -> Option<()> {
    let is_ordered = bits.take(1)? == 1;
    if is_ordered {
        bits.take(5)?;
        let mut done = 0;
        while done < entries {
            let left: u64 = entries - done;
            let group = bits.take(u64::BITS - left.leading_zeros())?;
            done += group;
        }
        return (done == entries).then_some(());
    }
    let is_sparse = bits.take(1)? == 1;
    if is_sparse {
        for _ in 0..entries {
            if bits.take(1)? == 1 {
                bits.skip(5);
            }
        }
    } else {
        bits.skip(entries * 5);
    }
    Some(())
}

/// The largest number whose power by `dimensions` is no more than `entries`.
fn lattice(entries: u64, dimensions: u64) -> u64 {
    // Nothing grows when it is multiplied once or not at all.
    if dimensions < 2 {
        return entries;
    }
    let fits = |value: u64| {
        let mut product: u64 = 1;
        (0..dimensions.min(64)).all(|_| {
            product = product.saturating_mul(value);
            product <= entries
        })
    };
    (1..=entries)
        .take_while(|value| fits(*value))
        .last()
        .unwrap_or(0)
}

/// Reads from the lowest bit of each byte up.
struct Bits<'b> {
    bytes: &'b [u8],
    at: u64,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        for place in 0..count {
            let byte = self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
            value |= u64::from(byte >> (self.at % 8) & 1) << place;
            self.at += 1;
        }
        Some(value)
    }

    fn skip(&mut self, count: u64) {
        self.at += count;
    }

    fn is_over(&self) -> bool {
        self.at.div_ceil(8) > u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes bits as they are read.
    #[derive(Default)]
    struct Written(Vec<bool>);

    impl Written {
        fn put(&mut self, value: u64, count: u32) {
            self.0
                .extend((0..count).map(|place| value.checked_shr(place).unwrap_or(0) & 1 == 1));
        }

        fn packet(&self) -> Vec<u8> {
            let byte = |bits: &[bool]| {
                (0..)
                    .zip(bits)
                    .map(|(place, bit)| u8::from(*bit) << place)
                    .sum()
            };
            [SETUP, &self.0.chunks(8).map(byte).collect::<Vec<u8>>()].concat()
        }
    }

    /// Codebooks whose entries all have 17 bits, and one value for all their dimensions.
    fn setup(codebooks: u64, entries: u64, dimensions: u64) -> Vec<u8> {
        let mut written = Written::default();
        written.put(codebooks - 1, 8);
        for _ in 0..codebooks {
            written.put(0x56_43_42, 24);
            written.put(dimensions, 16);
            written.put(entries, 24);
            written.put(1, 1);
            written.put(16, 5);
            written.put(entries, u64::BITS - entries.leading_zeros());
            written.put(1, 4);
            written.put(0, 32);
            written.put(0, 32);
            written.put(0, 4);
            written.put(0, 1);
            written.put(0, u32::try_from(lattice(entries, dimensions)).unwrap());
        }
        written.packet()
    }

    #[test]
    fn tables_of_gigabytes_are_refused_before_they_are_made() {
        let bomb = setup(256, 1 << 17, 32);
        assert!(bomb.len() < 16 * 1024, "{} bytes", bomb.len());
        assert!(check_setup(&bomb).is_err());
        assert!(check_setup(&setup(1, (1 << 17) + 1, 1)).is_err());
        assert!(check_setup(&setup(1, (1 << 24) - 1, (1 << 16) - 1)).is_err());
        assert_eq!(check_setup(&setup(30, 1 << 12, 8)), Ok(()));
    }

    #[test]
    fn a_setup_that_is_cut_off_anywhere_is_refused_in_time() {
        let whole = setup(3, 81, 4);
        for end in 0..whole.len() {
            assert!(check_setup(&whole[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn the_lattice_is_the_whole_root() {
        assert_eq!(
            [
                lattice(81, 4),
                lattice(80, 4),
                lattice(361, 2),
                lattice(7, 1)
            ],
            [3, 2, 19, 7]
        );
        assert_eq!(lattice(1 << 17, 32), 1);
    }
}
