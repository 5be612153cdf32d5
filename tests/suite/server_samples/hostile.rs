//! Uploads that mean harm, or are a mistake: each costs its sender an answer, and nobody else.

use super::{Answer, fetch, refused, send, sent, tone};
use lockstep_session::ids::SampleId;
use lockstep_tests::server::{PATIENCE, Server};
use lockstep_tests::tones::{ENCODED, Flac, Tone, aiff, flac, wav};
use std::io::{Read, Write};
use std::net::TcpStream;

const MOST_BYTES: usize = 12 * 1024 * 1024;

/// Sends bytes as they are, ends the sending, and reads what comes back.
fn exchange(server: &Server, request: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a minute");
    for part in request {
        // A server that refuses early may have stopped reading.
        if stream.write_all(part).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(server: &Server, session: &str, more: &str) -> String {
    let host = server.address();
    format!(
        "POST /api/v1/sessions/{session}/samples HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{more}\r\n"
    )
}

#[track_caller]
fn refuses(answer: &Answer, status: u16, code: &str, words: &str) {
    refused(answer, status, code);
    let message = answer.json()["message"].to_string();
    assert!(message.contains(words), "{message}");
}

/// P-AUDIO-2
#[test]
fn what_is_no_audio_is_refused_whatever_it_is_called() {
    let server = Server::start();
    let session = server.new_session();
    let opus = {
        let mut page = ENCODED[2].bytes[..58].to_vec();
        page[28..36].copy_from_slice(b"OpusHead");
        page
    };
    let files: [&[u8]; 9] = [
        b"",
        b"R",
        b"<!doctype html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n and so on",
        b"PK\x03\x04 an archive",
        b"RIFF\x24\0\0\0AVI LIST",
        b"ID3\x04\0\0\0\0\0\0 a tag, and no sound behind it",
        &[0; 4096],
        &opus,
    ];
    for file in files {
        let path = format!("/api/v1/sessions/{session}/samples?name=kick.wav");
        let answer = server.send("POST", &path, &[("content-type", "audio/wav")], file);
        refused(&answer, 415, "not-audio");
        refused(&fetch(&server, SampleId::of(file)), 404, "unknown-sample");
    }
    // And the other way round: what is audio is taken whatever it claims to be.
    let path = format!("/api/v1/sessions/{session}/samples?name=notes.txt");
    let answer = server.send(
        "POST",
        &path,
        &[("content-type", "text/html")],
        &tone(460.0),
    );
    assert_eq!(answer.status, 201);
    let fetched = fetch(&server, SampleId::of(&tone(460.0)));
    assert_eq!(fetched.header("content-type"), "audio/wav");
}

/// P-AUDIO-2
#[test]
fn sound_that_is_too_long_too_wide_too_fast_or_broken_is_refused_in_words() {
    let server = Server::start();
    let session = server.new_session();
    let short = Tone::new(100, 48_000, 1);
    let wide = Tone {
        channels: 6,
        ..short
    };
    let fast = Tone {
        rate: 192_001,
        ..short
    };
    let empty = Tone { frames: 0, ..short };
    let long = Tone {
        frames: 2_000,
        ..short
    };
    let whole = flac(long, Flac::default());
    let mut wrong_codec = wav(short);
    wrong_codec[20] = 0x55;
    let minute = Tone::new(480_000, 8_000, 1);
    let over = Tone {
        frames: 480_001,
        ..minute
    };
    for (file, words) in [
        (wav(wide), "it has 6 channels"),
        (aiff(wide), "it has 6 channels"),
        (flac(wide, Flac::default()), "it has 6 channels"),
        (wav(fast), "it has 192001 frames a second"),
        (
            wav(Tone {
                rate: 7_999,
                ..short
            }),
            "it has 7999 frames a second",
        ),
        (wav(empty), "no sound in it"),
        (aiff(empty), "no sound in it"),
        (wav(over), "longer than 60 seconds"),
        (flac(over, Flac::default()), "longer than 60 seconds"),
        (whole[..whole.len() - 1].to_vec(), "damaged"),
        (wrong_codec, "damaged"),
        (b"RIFF\x04\0\0\0WAVE".to_vec(), "damaged"),
        (b"fLaC".to_vec(), "damaged"),
        (b"FORM\0\0\0\x04AIFF".to_vec(), "damaged"),
        (ENCODED[2].bytes[..2_000].to_vec(), "damaged"),
    ] {
        refuses(
            &send(&server, &session, "", &file),
            422,
            "unusable-audio",
            words,
        );
        refused(&fetch(&server, SampleId::of(&file)), 404, "unknown-sample");
    }
    sent(&server, &session, &wav(minute));
}

/// P-AUDIO-2
#[test]
fn a_header_that_lies_and_a_few_bytes_that_would_fill_memory_cost_an_answer() {
    let server = Server::start();
    let session = server.new_session();
    let short = Tone::new(4_096, 44_100, 2);
    // Hours of silence in a few kilobytes.
    let hours = Tone::new(400_000_000, 8_000, 2);
    let bomb = flac(
        hours,
        Flac {
            is_bomb: true,
            ..Flac::default()
        },
    );
    assert!(bomb.len() < 200_000, "{} bytes", bomb.len());
    refuses(
        &send(&server, &session, "", &bomb),
        422,
        "unusable-audio",
        "longer than 60",
    );
    // More than is there is promised.
    let promised = Some((1 << 36) - 1);
    let promise = flac(
        short,
        Flac {
            promised,
            ..Flac::default()
        },
    );
    refuses(
        &send(&server, &session, "", &promise),
        422,
        "unusable-audio",
        "ends in the middle",
    );
    // Lengths that would wrap around, or reach far behind the end, are what is there.
    let mut endless = wav(short);
    endless[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(
        send(&server, &session, "", &endless).json()["frames"],
        4_096
    );
    // Pictures and tags are passed over, not read.
    let pictured = flac(
        short,
        Flac {
            picture: 4_000_000,
            ..Flac::default()
        },
    );
    assert_eq!(
        send(&server, &session, "", &pictured).json()["frames"],
        4_096
    );
    let tag = |size: [u8; 4]| [b"ID3\x04\0\0".as_slice(), &size].concat();
    let tagged = [
        tag([0, 0, 8, 0]),
        vec![0xff; 1024],
        ENCODED[0].bytes.to_vec(),
    ]
    .concat();
    assert_eq!(
        send(&server, &session, "", &tagged).json()["frames"],
        11_025
    );
    let cut = [tag([0x7f; 4]), ENCODED[0].bytes.to_vec()].concat();
    refused(&send(&server, &session, "", &cut), 415, "not-audio");
    let nested = [tag([0; 4]).repeat(100_000), ENCODED[0].bytes.to_vec()].concat();
    assert_eq!(
        send(&server, &session, "", &nested).json()["frames"],
        11_025
    );
}

/// P-AUDIO-3
#[test]
fn the_largest_upload_passes_and_one_byte_more_is_refused_at_once_however_it_is_announced() {
    let server = Server::start();
    let session = server.new_session();
    // Stereo of sixteen bits, behind 44 bytes of header.
    let frames = u32::try_from((MOST_BYTES - 44) / 4).unwrap();
    let mut file = wav(Tone::new(frames, 192_000, 2));
    assert_eq!(file.len(), MOST_BYTES);
    sent(&server, &session, &file);
    file.push(0);
    refused(&send(&server, &session, "", &file), 413, "too-large");
    for announced in [
        "content-length: 12582913\r\n",
        "content-length: 9223372036854775807\r\n",
    ] {
        let answer = exchange(&server, &[head(&server, &session, announced).as_bytes()]);
        assert!(answer.contains("\"too-large\""), "{announced}: {answer}");
    }
    let chunked = head(&server, &session, "transfer-encoding: chunked\r\n");
    let chunk = [b"100000\r\n".as_slice(), &vec![0; 0x10_0000], b"\r\n"].concat();
    let mut request: Vec<&[u8]> = vec![chunked.as_bytes()];
    request.extend([chunk.as_slice(); 13]);
    let answer = exchange(&server, &request);
    assert!(answer.contains("\"too-large\""), "{answer}");
}

/// P-AUDIO-3
#[test]
fn a_body_that_stops_coming_is_given_up_and_the_others_are_served() {
    let server = Server::start();
    let session = server.new_session();
    let mut slow = TcpStream::connect(server.address()).unwrap();
    slow.set_read_timeout(Some(PATIENCE)).unwrap();
    let begin = head(&server, &session, "content-length: 100000\r\n") + "RIFF";
    slow.write_all(begin.as_bytes()).unwrap();
    sent(&server, &session, &tone(461.0));
    let mut answer = String::new();
    slow.read_to_string(&mut answer).expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"too-slow\""),
        "{answer}"
    );
}

/// P-AUDIO-3
#[test]
fn a_content_length_that_is_wrong_costs_its_sender_only() {
    let server = Server::start();
    let session = server.new_session();
    let file = tone(462.0);
    let length = |bytes: usize| head(&server, &session, &format!("content-length: {bytes}\r\n"));
    // Less is read than was sent: a part of a sound is a sound, but another one.
    let short = exchange(&server, &[length(file.len() - 100).as_bytes(), &file]);
    assert!(short.starts_with("HTTP/1.1 201 "), "{short}");
    let long = exchange(&server, &[length(file.len() + 1).as_bytes(), &file]);
    assert!(!long.contains("HTTP/1.1 2"), "{long}");
    for twice in [
        "content-length: 3\r\ncontent-length: 4\r\n",
        "content-length: -1\r\n",
        "content-length: 3x\r\n",
    ] {
        let answer = exchange(
            &server,
            &[head(&server, &session, twice).as_bytes(), b"abcd"],
        );
        assert!(answer.starts_with("HTTP/1.1 400 "), "{twice}: {answer}");
    }
    refused(&fetch(&server, SampleId::of(&file)), 404, "unknown-sample");
}

/// P-AUDIO-6
#[test]
fn no_address_leads_out_of_the_samples() {
    let server = Server::start();
    let session = server.new_session();
    let sample = sent(&server, &session, &tone(463.0)).hex();
    std::fs::write(server.data().join("secret"), "secret").unwrap();
    for trick in [
        "..%2fsecret",
        "%2e%2e%2fsecret",
        "../../secret",
        "..%5csecret",
        "incoming",
        &sample[..2],
        &format!("{}%2f{sample}", &sample[..2]),
        &format!("{sample}%00"),
        &format!("{sample}%231"),
        &format!("{sample}.wav"),
        &sample.to_uppercase(),
        &sample[1..],
        &format!("{sample}0"),
        "%ff%fe",
    ] {
        let answer = server.get(&format!("/api/v1/samples/{trick}"), &[]);
        assert!((400..=404).contains(&answer.status), "{trick}: {answer:?}");
        assert!(!answer.text().contains("secret"), "{trick}");
    }
}

#[test]
fn the_same_sample_from_many_at_once_is_taken_once() {
    let server = Server::start();
    let session = server.new_session();
    let file = wav(Tone::new(96_000, 48_000, 2));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = || send(&server, &session, "", &file).status;
        let senders: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        senders
            .into_iter()
            .map(|sender| sender.join().unwrap())
            .collect()
    });
    let new = statuses.iter().filter(|status| **status == 201).count();
    assert!(
        new == 1
            && statuses
                .iter()
                .all(|status| *status == 201 || *status == 200),
        "{statuses:?}"
    );
    assert!(fetch(&server, SampleId::of(&file)).body == file);
}
