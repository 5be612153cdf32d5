//! Samples of a server that stands still, read from its folder.

use super::vault::path_in;
use super::{Fetched, MOST_DECODED_BYTES};
use lockstep_decoder::decode;
use lockstep_engine::SampleKey;
use lockstep_session::ids::SampleId;
use std::path::Path;
use std::sync::Arc;

/// Decodes those that are in a data folder.
pub(crate) fn at_rest(data: &Path, wanted: impl IntoIterator<Item = SampleId>) -> Fetched {
    let folder = data.join(super::FOLDER);
    let mut fetched = Fetched::default();
    let mut bytes = 0;
    for id in wanted {
        let read = std::fs::read(path_in(&folder, id)).ok();
        let read =
            read.filter(|bytes| bytes.len() <= super::MOST_BYTES && SampleId::of(bytes) == id);
        let sample = read.and_then(|bytes| decode(SampleKey::of(id), &bytes).ok());
        match sample {
            Some(sample) if bytes + sample.bytes() <= MOST_DECODED_BYTES => {
                bytes += sample.bytes();
                fetched.samples.push(Arc::new(sample));
            }
            _ => fetched.missing.push(id),
        }
    }
    fetched
}
