//! Samples on their way: from a file to everyone, with a server, without one, and in a project.

use super::seat::{Place, Seat, house};
use crate::network::{Beginning, Command, Export, ExportKind};
use crate::view::{ExportView, FileKind, SampleView, UploadState, View};
use lockstep_engine::SampleKey;
use lockstep_offline::{Depth, Wav};
use lockstep_session::document::instrument::{Instrument, Source};
use lockstep_session::document::track::{TrackSetting, TrackSettings};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SampleId, TrackId};
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// A file of half a second, of its own sound for every number.
fn file(folder: &Path, number: u16) -> (PathBuf, SampleId) {
    let mut bytes = Vec::new();
    let mut wav = Wav::new(Cursor::new(&mut bytes), 48_000, Depth::Sixteen).unwrap();
    let step = f32::from(number + 1) * 0.001;
    let frames: Vec<f32> = (0..24_000_u16)
        .map(|n| (f32::from(n) * step).sin() * 0.5)
        .collect();
    wav.write([&frames, &frames]).unwrap();
    wav.finish().unwrap();
    let path = folder.join(format!("Rain {number}.wav"));
    std::fs::write(&path, &bytes).unwrap();
    (path, SampleId::of(&bytes))
}

fn play(track: u32, sample: SampleId) -> Edit {
    let instrument = Instrument {
        source: Source::Sample(sample),
        ..Instrument::default()
    };
    Edit::AddTrack {
        track: TrackId(track),
        at: 0,
        settings: Box::new(TrackSettings {
            instrument,
            ..TrackSettings::default()
        }),
    }
}

fn is_ready(view: &View, sample: SampleId) -> bool {
    matches!(view.samples.get(&sample), Some(SampleView::Ready(outline)) if outline.iter().any(|peak| *peak > 0.1))
}

#[test]
fn a_file_that_one_adds_is_heard_by_everyone_until_nothing_plays_it() {
    let (place, folder) = (Place::open(), tempfile::tempdir().unwrap());
    let mut seat = Seat::at(&house(folder.path()), &place);
    seat.ask(Command::NewSession(Beginning::Template("groove".into())));
    let link = seat.wait_until_live();
    let (path, sample) = file(folder.path(), 1);
    seat.ask(Command::AddSample(path));
    let is_listed = |view: &View| view.document.samples.contains_key(&sample);
    let view = seat.wait_until("it is part of the session", is_listed);
    assert_eq!(view.document.samples[&sample].name.as_str(), "Rain 1");
    seat.wait_until("nothing is under way", |view| view.uploads.is_empty());
    seat.edit(play(99, sample));

    // Somebody on another machine, who has never had it.
    let elsewhere = tempfile::tempdir().unwrap();
    let mut friend = Seat::take(&house(elsewhere.path()));
    friend.ask(Command::Join(link));
    for seat in [&mut seat, &mut friend] {
        seat.wait_until("it is drawn", |view| is_ready(view, sample));
        assert_eq!(seat.delivered(), [SampleKey::of(sample)]);
        assert_eq!(seat.session.held_samples().len(), 1);
    }
    seat.edit(Edit::RemoveTrack { track: TrackId(99) });
    friend.wait_until("nothing plays it", |view| {
        view.document.track(TrackId(99)).is_none()
    });
    let held = |seat: &Seat| seat.session.held_samples().len();
    friend.wait_until("it is let go", |_| true);
    while held(&friend) > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn a_file_added_while_the_server_is_away_is_kept_and_sent_later_by_a_project_that_was_closed() {
    let (mut place, folder) = (Place::open(), tempfile::tempdir().unwrap());
    let mine = house(folder.path());
    let mut seat = Seat::at(&mine, &place);
    seat.ask(Command::NewSession(Beginning::Template("groove".into())));
    let link = seat.wait_until_live();
    place.stop();
    seat.wait_until("it is noticed", |view| view.notice.is_some());
    let (path, sample) = file(folder.path(), 2);
    seat.ask(Command::AddSample(path));
    let waits = |view: &View| matches!(view.uploads.as_slice(), [upload] if matches!(upload.state, UploadState::Waiting));
    seat.wait_until("it waits", waits);
    seat.edit(play(99, sample));
    let plays = |view: &View| view.document.track(TrackId(99)).is_some();
    seat.wait_until("it is played all the same", plays);
    let project = seat.save();
    drop(seat);
    // Nothing is left on the machine but the project.
    std::fs::remove_dir_all(folder.path().join("samples")).unwrap();

    let again = tempfile::tempdir().unwrap();
    let mut reopened = Seat::take(&house(again.path()));
    reopened.load(&project);
    reopened.wait_until("it still waits", |view| {
        view.document.samples.contains_key(&sample) && is_ready(view, sample)
    });
    place.start_again();
    reopened.wait_until_live();
    reopened.wait_until("it is sent", |view| view.uploads.is_empty());
    let elsewhere = tempfile::tempdir().unwrap();
    let mut friend = Seat::take(&house(elsewhere.path()));
    friend.ask(Command::Join(link));
    friend.wait_until("everyone has it", |view| is_ready(view, sample));
}

#[test]
fn a_project_opened_without_a_network_has_its_samples_before_its_first_block() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut seat = Seat::take(&house(folder.path()));
    let (path, sample) = file(folder.path(), 3);
    seat.ask(Command::AddSample(path));
    seat.wait_until("it is there", |view| is_ready(view, sample));
    seat.edit(play(1, sample));
    seat.wait_until("it is played", |view| view.document.tracks.len() == 1);
    while seat.session.held_samples().is_empty() {
        std::thread::yield_now();
    }
    let project = seat.save();

    let mut opened = Seat::take(&house(elsewhere.path()));
    opened.load(&project);
    // No wait: this is the next block.
    assert_eq!(opened.delivered(), [SampleKey::of(sample)]);
    // A host that starts the audio anew gets them again.
    assert_eq!(opened.session.held_samples().len(), 1);
    opened.wait_until("it is open", |view| is_ready(view, sample));
    let samples = |project: &str| {
        let state: serde_json::Value = serde_json::from_str(project).unwrap();
        state["samples"].clone()
    };
    assert_eq!(samples(&opened.save()), samples(&project));

    // Without samples the project is small, and this machine still has them.
    seat.session
        .controls()
        .change(|settings| settings.keeps_samples = false);
    let small = seat.save();
    assert!(small.len() < project.len() / 10);
    drop(seat);
    let mut reopened = Seat::take(&house(folder.path()));
    reopened.load(&small);
    assert_eq!(reopened.delivered(), [SampleKey::of(sample)]);
}

#[test]
fn a_session_made_of_what_is_here_brings_its_samples() {
    let (place, folder) = (Place::open(), tempfile::tempdir().unwrap());
    let mut seat = Seat::at(&house(folder.path()), &place);
    let (path, sample) = file(folder.path(), 4);
    seat.ask(Command::AddSample(path));
    seat.wait_until("it is there", |view| is_ready(view, sample));
    seat.edit(play(1, sample));
    seat.ask(Command::NewSession(Beginning::Here));
    let link = seat.wait_until_live();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut friend = Seat::take(&house(elsewhere.path()));
    friend.ask(Command::Join(link));
    friend.wait_until("it came along", |view| is_ready(view, sample));
}

#[test]
fn what_is_no_sample_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let mut seat = Seat::take(&house(folder.path()));
    let (text, large) = (folder.path().join("a.txt"), folder.path().join("b.wav"));
    std::fs::write(&text, "no sound").unwrap();
    std::fs::write(&large, vec![0; 13 * 1024 * 1024]).unwrap();
    for (path, words) in [
        (text, "no WAV"),
        (large, "larger than 12 MiB"),
        (folder.path().join("none.wav"), "cannot be read"),
    ] {
        seat.ask(Command::AddSample(path));
        let is_said = |view: &View| {
            let mut uploads = view.uploads.iter();
            uploads.any(
                |upload| matches!(&upload.state, UploadState::Refused(why) if why.contains(words)),
            )
        };
        seat.wait_until(words, is_said);
    }
    assert!(seat.editor.view().document.samples.is_empty());
}

#[test]
fn what_comes_in_is_recorded_and_becomes_a_sample() {
    let folder = tempfile::tempdir().unwrap();
    let mut seat = Seat::take(&house(folder.path()));
    seat.ask(Command::RecordInput(true));
    let needs_audio = |view: &View| {
        view.notice
            .as_ref()
            .is_some_and(|said| said.contains("audio"))
    };
    seat.wait_until("it is said that nothing runs", needs_audio);
    seat.session.set_rate(48_000.0);
    seat.ask(Command::RecordInput(true));
    while !seat.audio.is_capturing() {
        std::thread::yield_now();
    }
    for _ in 0..4_800 {
        seat.audio.capture([0.5, -0.5]);
    }
    seat.ask(Command::RecordInput(false));
    let view = seat.wait_until("it is a sample", |view| !view.document.samples.is_empty());
    let sample = view.document.samples.values().next().unwrap();
    assert_eq!(sample.name.as_str(), "Take 1");
    assert_eq!((sample.frames.get(), sample.rate.get()), (4_800, 48_000));
}

#[test]
fn every_kind_of_export_is_written_and_none_over_another() {
    let (folder, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut seat = Seat::take(&house(folder.path()));
    let (path, sample) = file(folder.path(), 5);
    seat.ask(Command::AddSample(path));
    seat.wait_until("it is there", |view| is_ready(view, sample));
    seat.edit(play(1, sample));
    seat.edit(super::sessions::name("../Is: this/a name?"));
    seat.edit(Edit::Track {
        track: TrackId(1),
        setting: TrackSetting::Name(lockstep_session::text::Name::new("a/b")),
    });
    let mut paths = Vec::new();
    for kind in [
        ExportKind::Midi,
        ExportKind::Mix,
        ExportKind::Stems,
        ExportKind::Document,
        ExportKind::Mix,
        ExportKind::Stems,
    ] {
        let below = into.path().join("below");
        seat.ask(Command::Export(Export {
            kind,
            bars: 1,
            into: below.clone(),
        }));
        let known = paths.clone();
        let is_new = |view: &View| matches!(&view.export, Some(ExportView::Written(path)) if !known.contains(path));
        let view = seat.wait_until("it is written", is_new);
        if let Some(ExportView::Written(path)) = &view.export {
            assert_eq!(path.parent(), Some(below.as_path()));
            paths.push(path.clone());
        }
    }
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let names: Vec<String> = paths.iter().map(name).collect();
    assert_eq!(names[1], "-Is- this-a name-.wav");
    assert_eq!(names[4], "-Is- this-a name- 2.wav");
    let stems = std::fs::read_dir(&paths[5]).unwrap().count();
    assert_eq!(stems, 1);

    let file_in_the_way = folder.path().join("Rain 5.wav");
    seat.ask(Command::Export(Export {
        kind: ExportKind::Midi,
        bars: 1,
        into: file_in_the_way,
    }));
    let has_failed = |view: &View| matches!(&view.export, Some(ExportView::Failed(why)) if why.contains("another folder"));
    seat.wait_until("it is said", has_failed);
}

#[test]
fn files_are_looked_for_where_the_last_sample_came_from() {
    let (home, takes) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mine = house(home.path());
    let mut seat = Seat::take(&mine);
    let kicks = takes.path().join("kicks");
    std::fs::create_dir(&kicks).unwrap();
    let (path, sample) = file(&kicks, 4);
    seat.ask(Command::Browse(None));
    let view = seat.wait_until("it begins somewhere", |view| view.folder.is_some());
    let places = view.folder.as_ref().unwrap().places.clone();
    seat.ask(Command::Browse(Some(takes.path().to_path_buf())));
    let is_at = |view: &View, path: &Path| {
        let folder = view.folder.as_ref();
        folder.is_some_and(|folder| folder.path == path)
    };
    let view = seat.wait_until("it is looked into", |view| is_at(view, takes.path()));
    let folder = view.folder.as_ref().unwrap();
    assert_eq!(folder.places, places, "one may go where one could before");
    let files = folder.files.as_ref().unwrap();
    assert_eq!((&files[0].path, files[0].kind), (&kicks, FileKind::Folder));

    seat.ask(Command::AddSample(path.clone()));
    let is_listed = |view: &View| view.document.samples.contains_key(&sample);
    seat.wait_until("it is a sample", is_listed);
    drop(seat);
    // Another project, another day.
    let mut seat = Seat::take(&house(home.path()));
    seat.ask(Command::Browse(None));
    let view = seat.wait_until("it begins there", |view| is_at(view, &kicks));
    let files = view.folder.as_ref().unwrap().files.as_ref().unwrap();
    let bytes = std::fs::metadata(&path).unwrap().len();
    assert_eq!(
        (&files[0].path, files[0].kind),
        (&path, FileKind::Audio { bytes })
    );
}

#[test]
fn a_file_is_heard_before_it_is_anybodys_and_one_that_is_none_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut seat = Seat::take(&house(folder.path()));
    let (path, sample) = file(folder.path(), 1);
    seat.ask(Command::Audition(Some(path.clone())));
    let is_heard = |view: &View| {
        view.audition
            .as_ref()
            .is_some_and(|heard| heard.file == path)
    };
    let view = seat.wait_until("it is heard", is_heard);
    assert!(view.document.samples.is_empty() && view.uploads.is_empty());
    let mut told = || std::iter::from_fn(|| seat.audio.audition()).collect::<Vec<_>>();
    let keys: Vec<_> = told()
        .iter()
        .map(|heard| heard.as_ref().map(|sample| sample.key()))
        .collect();
    // Whatever was heard before ends at once.
    assert_eq!(keys, [None, Some(SampleKey::of(sample))]);
    seat.ask(Command::Audition(None));
    seat.wait_until("nothing is heard", |view| view.audition.is_none());
    assert!(matches!(seat.audio.audition(), Some(None)));

    let broken = folder.path().join("broken.wav");
    std::fs::write(&broken, b"RIFF, or so it says").unwrap();
    seat.ask(Command::Audition(Some(broken)));
    let view = seat.wait_until("why not is said", |view| view.notice.is_some());
    assert!(view.notice.as_ref().unwrap().contains("cannot be a sample"));
    assert!(matches!(seat.audio.audition(), Some(None)));
    assert!(seat.audio.audition().is_none());
}
