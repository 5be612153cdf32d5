//! Which part of something a request asks for: one stretch of bytes, or all of it.

use axum::http::HeaderMap;
use axum::http::header::{IF_RANGE, RANGE};
use std::ops::Range;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    Part(Range<u64>),
    /// A stretch that is not there.
    Nothing,
}

/// A request for several stretches at once, or for what is no stretch, is one for everything; so is
/// one for a stretch of something else than what is there now.
pub(super) fn wanted(headers: &HeaderMap, tag: &str, bytes: u64) -> Wanted {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if headers.contains_key(IF_RANGE) && said(IF_RANGE) != Some(tag) {
        return Wanted::All;
    }
    let Some(stretch) = said(RANGE).and_then(|range| range.strip_prefix("bytes=")) else {
        return Wanted::All;
    };
    let number = |digits: &str| -> Option<u64> {
        let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // What is larger than any number lies behind the end too.
        all.then(|| digits.parse().unwrap_or(u64::MAX))
    };
    let Some((first, last)) = stretch.trim().split_once('-') else {
        return Wanted::All;
    };
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => return Wanted::All,
        (Some(first), Some(last)) => first..last.saturating_add(1).min(bytes),
        (Some(first), None) if last.is_empty() => first..bytes,
        (None, Some(count)) if first.is_empty() => bytes - count.min(bytes)..bytes,
        _ => return Wanted::All,
    };
    if range.start < range.end {
        Wanted::Part(range)
    } else {
        Wanted::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(range: &str, if_range: Option<&str>) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, range.parse().unwrap());
        if let Some(tag) = if_range {
            headers.insert(IF_RANGE, tag.parse().unwrap());
        }
        wanted(&headers, "\"tag\"", 100)
    }

    #[test]
    fn one_stretch_is_given_and_one_behind_the_end_is_not() {
        for (range, part) in [
            ("bytes=0-0", 0..1),
            ("bytes=10-19", 10..20),
            ("bytes=90-", 90..100),
            ("bytes=-7", 93..100),
            ("bytes=-700", 0..100),
            ("bytes=99-99999999999999999999999", 99..100),
        ] {
            assert_eq!(asked(range, None), Wanted::Part(part), "{range}");
        }
        for range in [
            "bytes=100-",
            "bytes=100-101",
            "bytes=-0",
            "bytes=99999999999999999999999-",
        ] {
            assert_eq!(asked(range, None), Wanted::Nothing, "{range}");
        }
    }

    #[test]
    fn what_is_no_single_stretch_of_this_is_everything() {
        for range in [
            "",
            "bytes=",
            "bytes=-",
            "bytes=5",
            "bytes=9-3",
            "bytes=a-b",
            "bytes=+1-2",
            "bytes=0-1,3-4",
            "lines=1-2",
        ] {
            assert_eq!(asked(range, None), Wanted::All, "{range}");
        }
        assert_eq!(asked("bytes=0-0", Some("\"tag\"")), Wanted::Part(0..1));
        assert_eq!(asked("bytes=0-0", Some("\"other\"")), Wanted::All);
        assert_eq!(asked("bytes=0-0", Some("W/\"tag\"")), Wanted::All);
    }
}
