//! Samples over HTTP, at the real server: what is taken, what is handed out, what is kept.

mod hostile;
mod keeping;

use lockstep_session::document::instrument::Source;
use lockstep_session::document::track::TrackSetting;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SampleId, TrackId};
use lockstep_tests::client::Client;
use lockstep_tests::server::{Answer, Server};
use lockstep_tests::tones::{ENCODED, Flac, Tone, aiff, flac, wav};
use serde_json::json;

fn send(server: &Server, session: &str, query: &str, bytes: &[u8]) -> Answer {
    let path = format!("/api/v1/sessions/{session}/samples{query}");
    server.send("POST", &path, &[], bytes)
}

/// Sends what has to be taken, and says under which hash it is.
#[track_caller]
fn sent(server: &Server, session: &str, bytes: &[u8]) -> SampleId {
    let answer = send(server, session, "", bytes);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let sample = answer.json()["sample"].as_str().and_then(SampleId::parse);
    sample.expect("a hash")
}

fn address(sample: SampleId) -> String {
    format!("/api/v1/samples/{}", sample.hex())
}

fn fetch(server: &Server, sample: SampleId) -> Answer {
    server.get(&address(sample), &[])
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    let problem = answer.json();
    assert_eq!(problem["code"], code, "{problem}");
    for part in ["message", "action"] {
        let words = problem[part].as_str();
        assert!(words.is_some_and(|words| words.ends_with('.')), "{problem}");
    }
}

/// A short sound that no other test sends.
fn tone(hertz: f64) -> Vec<u8> {
    wav(Tone {
        hertz,
        ..Tone::new(4_800, 48_000, 1)
    })
}

/// P-AUDIO-1, P-AUDIO-2, P-AUDIO-3
#[test]
fn every_format_is_taken_measured_and_handed_out_as_it_came() {
    let server = Server::start();
    let session = server.new_session();
    let mut files = Vec::new();
    for (frames, rate, channels) in [(4_801, 48_000, 1), (1, 8_000, 2), (9_999, 192_000, 2)] {
        let tone = Tone::new(frames, rate, channels);
        let channels = u8::try_from(channels).unwrap();
        files.push((wav(tone), "audio/wav", frames, rate, channels));
        files.push((aiff(tone), "audio/aiff", frames, rate, channels));
        let file = flac(tone, Flac::default());
        files.push((file, "audio/flac", frames, rate, channels));
    }
    for encoded in ENCODED {
        let bytes = encoded.bytes.to_vec();
        let (frames, rate) = (encoded.frames, encoded.rate);
        files.push((bytes, encoded.media_type, frames, rate, encoded.channels));
    }
    for (file, media_type, frames, rate, channels) in files {
        let sample = SampleId::of(&file);
        let answer = send(&server, &session, "?name=Low%20tom", &file);
        assert_eq!(answer.status, 201, "{media_type}: {}", answer.text());
        let expected = json!({
            "sample": sample.hex(), "name": "Low tom",
            "frames": frames, "rate": rate, "channels": channels, "bytes": file.len(),
        });
        assert_eq!(answer.json(), expected, "{media_type}");
        assert_eq!(answer.header("location"), address(sample));

        let fetched = fetch(&server, sample);
        assert_eq!(fetched.status, 200);
        assert!(fetched.body == file, "{media_type}");
        assert_eq!(fetched.header("content-type"), media_type);
        assert_eq!(fetched.header("etag"), format!("\"{}\"", sample.hex()));

        // The same again is known, whatever it is called now.
        let again = send(&server, &session, "", &file);
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(again.json()["name"], "Sample");
        assert_eq!(again.json()["frames"], frames);
    }
}

/// P-AUDIO-1
#[test]
fn what_the_server_answers_makes_an_edit_and_the_exported_session_sounds_of_it() {
    let mut server = Server::start();
    let session = server.new_session();
    let answer = send(&server, &session, "?name=Boom", &tone(55.0));
    let mut sample = answer.json();
    sample.as_object_mut().unwrap().remove("bytes");
    let add: Edit = serde_json::from_value(json!({ "add-sample": sample })).expect("an edit");
    let id = SampleId::parse(sample["sample"].as_str().unwrap()).unwrap();

    let client = Client::joined(server.address(), &session, 1);
    client.edit(add);
    let source = |source| Edit::Track {
        track: TrackId(1),
        setting: TrackSetting::Source(source),
    };
    client.edit(source(Source::Sample(id)));
    client.wait_until("both are stored", |replica| replica.unsaved() == 0);
    let held = server.read(&session)["document"]["samples"][id.hex()].clone();
    assert_eq!(
        (&held["name"], &held["frames"]),
        (&json!("Boom"), &json!(4_800))
    );
    let mix = format!("/api/v1/sessions/{session}/export/mix.wav?bars=1");
    let mix = server.get(&mix, &[]);
    assert_eq!(mix.status, 200, "{}", mix.text());
    drop(client);
    assert!(server.stop().success());

    let folder = tempfile::tempdir().unwrap();
    let export = |name: &str| {
        let to = folder.path().join(name);
        let output = server.export(&session, &to, &["--bars", "1"]);
        assert!(output.status.success(), "{output:?}");
        let notes = String::from_utf8_lossy(&output.stderr).into_owned();
        (std::fs::read(to).unwrap(), notes)
    };
    let (with, notes) = export("with.wav");
    assert_eq!(notes, "");
    assert!(
        mix.body == with,
        "the server and the command line export the same"
    );
    let name = id.hex();
    std::fs::remove_file(server.data().join("samples").join(&name[..2]).join(&name)).unwrap();
    let (without, notes) = export("without.wav");
    assert!(notes.contains("silent: Boom"), "{notes}");
    assert!(with != without, "the sample is heard");
}

/// P-AUDIO-4
#[test]
fn bytes_that_are_not_those_of_the_hash_given_are_refused() {
    let server = Server::start();
    let session = server.new_session();
    let file = tone(441.0);
    let other = SampleId::of(b"another");
    let query = |sample: SampleId| format!("?sha256={}", sample.hex());
    refused(
        &send(&server, &session, &query(other), &file),
        422,
        "hash-mismatch",
    );
    refused(&fetch(&server, SampleId::of(&file)), 404, "unknown-sample");
    refused(
        &send(&server, &session, "?sha256=abc", &file),
        400,
        "bad-query",
    );
    let answer = send(&server, &session, &query(SampleId::of(&file)), &file);
    assert_eq!(answer.status, 201);
}

/// P-AUDIO-5
#[test]
fn only_whoever_may_edit_sends_samples_and_whoever_knows_the_hash_fetches_them() {
    let server = Server::start();
    let (edit, listen) = server.new_session_with_listeners();
    let file = tone(442.0);
    refused(&send(&server, &listen, "", &file), 403, "listener");
    refused(
        &send(&server, "fuzzy-penguin-42-0123456789abcdef", "", &file),
        404,
        "unknown-session",
    );
    let path = format!("/api/v1/sessions/{edit}/samples");
    let foreign = server.send("POST", &path, &[("origin", "https://evil.example")], &file);
    refused(&foreign, 403, "foreign-origin");
    refused(&server.get(&path, &[]), 405, "method-not-allowed");
    refused(&fetch(&server, SampleId::of(&file)), 404, "unknown-sample");
    let sample = sent(&server, &edit, &file);
    assert_eq!(fetch(&server, sample).status, 200);
}

/// P-AUDIO-6
#[test]
fn a_sample_is_cached_for_ever_handed_out_in_parts_and_never_shown_as_a_page() {
    let server = Server::start();
    let session = server.new_session();
    let file = tone(443.0);
    let sample = sent(&server, &session, &file);
    let whole = fetch(&server, sample);
    assert_eq!(
        whole.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert_eq!(whole.header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(
        whole.header("content-disposition"),
        format!("attachment; filename=\"{}.wav\"", sample.hex())
    );
    let tag = whole.header("etag");
    let get = |headers: &[(&str, &str)]| server.get(&address(sample), headers);

    let known = get(&[("if-none-match", tag)]);
    assert_eq!(
        (known.status, known.body.len(), known.header("etag")),
        (304, 0, tag)
    );
    assert_eq!(get(&[("if-none-match", "\"other\"")]).status, 200);

    let length = file.len();
    for (range, first, last) in [
        ("bytes=0-0".to_owned(), 0, 0),
        ("bytes=44-143".to_owned(), 44, 143),
        (format!("bytes={}-", length - 5), length - 5, length - 1),
        ("bytes=-10".to_owned(), length - 10, length - 1),
        ("bytes=9000-999999999".to_owned(), 9000, length - 1),
    ] {
        let part = get(&[("range", &range), ("if-range", tag)]);
        assert_eq!(part.status, 206, "{range}");
        assert!(part.body == file[first..=last], "{range}");
        assert_eq!(
            part.header("content-range"),
            format!("bytes {first}-{last}/{length}")
        );
    }
    for headers in [
        [("range", "bytes=0-0"), ("if-range", "\"other\"")].as_slice(),
        &[("range", "bytes=0-0,5-6")],
        &[("range", "frames=0-0")],
    ] {
        let all = get(headers);
        assert!(all.status == 200 && all.body == file, "{headers:?}");
    }
    let behind = get(&[("range", &format!("bytes={length}-"))]);
    refused(&behind, 416, "no-such-range");
    assert_eq!(behind.header("content-range"), format!("bytes */{length}"));

    let head = server.send("HEAD", &address(sample), &[], &[]);
    assert_eq!(
        (head.status, head.header("content-type")),
        (200, "audio/wav")
    );
    assert_eq!(head.header("content-length"), length.to_string());
}
