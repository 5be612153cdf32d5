//! From bytes to frames. The decoders are symphonia's; what they may take and give is bounded here,
//! and should one of them panic, that is the file's fault and nobody else's.

use crate::{Format, MOST_SECONDS, Refusal, strip};
use lockstep_engine::{Sample, SampleKey};
use lockstep_session::document::{Channels, FrameCount, SampleRate};
use std::io::{Cursor, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::default::codecs::{FlacDecoder, MpaDecoder, PcmDecoder, VorbisDecoder};
use symphonia::default::formats::{AiffReader, FlacReader, MpaReader, OggReader, WavReader};

/// Encoders add frames before and behind the sound, which are decoded and then taken off.
const MOST_ADDED: u64 = 32_768;
/// MP3 frames may need bytes of frames before them, which are gone where somebody has cut the file.
const MOST_DAMAGED_FRAMES: usize = 8;

/// What a session has to know of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub frames: FrameCount,
    pub rate: SampleRate,
    pub channels: Channels,
}

/// What was decoded: as many frames in each channel as its shape says.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    pub shape: Shape,
    pub channels: Vec<Vec<f32>>,
}

/// Decodes bytes to their end, and keeps none of the sound.
pub fn measure(bytes: &[u8]) -> Result<Shape, Refusal> {
    caught(|| Decoding::of(bytes, |decoding| decoding.run(|_| {})))
}

/// Decodes bytes into a sample.
pub fn decode(key: SampleKey, bytes: &[u8]) -> Result<Sample, Refusal> {
    let sound = frames(bytes)?;
    let rate = sound.shape.rate.get();
    let rate = lockstep_engine::SampleRate::new(f64::from(rate)).ok_or(Refusal::Rate(rate))?;
    let channels: Vec<&[f32]> = sound.channels.iter().map(Vec::as_slice).collect();
    Sample::new(key, rate, &channels).ok_or(Refusal::Empty)
}

/// Decodes bytes into bare frames, which make the same sample wherever they are taken.
pub fn frames(bytes: &[u8]) -> Result<Sound, Refusal> {
    caught(|| {
        let mut channels: Vec<Vec<f32>> = Vec::new();
        let mut piece: Vec<Vec<f32>> = Vec::new();
        let shape = Decoding::of(bytes, |decoding| {
            decoding.run(|decoded| {
                decoded.copy_to_vecs_planar(&mut piece);
                channels.resize_with(piece.len(), Vec::new);
                for (channel, piece) in channels.iter_mut().zip(&piece) {
                    channel.extend_from_slice(piece);
                }
            })
        })?;
        Ok(Sound { shape, channels })
    })
}

fn caught<T>(work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Refusal::unreadable("the decoder gave up")))
}

/// A file about to be decoded.
struct Decoding<'b> {
    format: Format,
    reader: Box<dyn FormatReader + 'b>,
    decoder: Box<dyn AudioDecoder>,
    rate: SampleRate,
    channels: Channels,
}

impl Decoding<'_> {
    fn of<T>(
        bytes: &[u8],
        work: impl FnOnce(Decoding<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let format = Format::of(bytes).ok_or(Refusal::NotAudio)?;
        let sound = strip::sound(format, bytes)?;
        let reader = reader(format, &sound)?;
        let [track] = reader.tracks() else {
            return Err(Refusal::unreadable("it holds more than one track"));
        };
        let parameters = track.codec_params.as_ref();
        let parameters = parameters
            .and_then(|parameters| parameters.audio())
            .ok_or_else(|| Refusal::unreadable("it does not say how it is encoded"))?
            .clone();
        let (rate, channels) = described(&parameters)?;
        let decoder = decoder(format, &parameters)?;
        work(Decoding {
            format,
            reader,
            decoder,
            rate,
            channels,
        })
    }

    /// Hands over the sound piece by piece.
    fn run(mut self, mut hear: impl FnMut(&GenericAudioBufferRef<'_>)) -> Result<Shape, Refusal> {
        let most = u64::from(MOST_SECONDS) * u64::from(self.rate.get());
        let (mut frames, mut worked, mut damaged) = (0_u64, 0_u64, 0);
        loop {
            let packet = match self.reader.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => break,
                Err(error) => return Err(unreadable(&error)),
            };
            // What a packet says that it takes counts, whether or not any of it is kept.
            worked = worked.saturating_add(packet.block_dur().get().max(1));
            if worked > most + MOST_ADDED {
                return Err(Refusal::TooLong);
            }
            let decoded = match self.decoder.decode(&packet) {
                Ok(decoded) => decoded,
                Err(error) => {
                    damaged += 1;
                    if self.format == Format::Mp3 && damaged <= MOST_DAMAGED_FRAMES {
                        continue;
                    }
                    return Err(unreadable(&error));
                }
            };
            if decoded.frames() == 0 {
                continue;
            }
            if decoded.spec().rate() != self.rate.get()
                || decoded.spec().channels().count() != usize::from(self.channels.get())
            {
                return Err(Refusal::unreadable("it changes on the way"));
            }
            frames += u64::try_from(decoded.frames()).unwrap_or(u64::MAX);
            if frames > most {
                return Err(Refusal::TooLong);
            }
            hear(&decoded);
        }
        match u32::try_from(frames) {
            Ok(0) => Err(Refusal::Empty),
            Ok(frames) => Ok(Shape {
                frames: FrameCount::new(i64::from(frames)),
                rate: self.rate,
                channels: self.channels,
            }),
            Err(_) => Err(Refusal::TooLong),
        }
    }
}

/// No reader is left to guess what a file is.
fn reader(format: Format, sound: &[u8]) -> Result<Box<dyn FormatReader + '_>, Refusal> {
    let sound = Cursor::new(sound);
    let source: Box<dyn MediaSource + '_> = match format {
        // Where an MP3 file does not say how long it is, its reader would look at its end, guess,
        // and cut off what lies behind that.
        Format::Mp3 => Box::new(ReadOnlySource::new(sound)),
        Format::Wav | Format::Aiff | Format::Flac | Format::OggVorbis => Box::new(sound),
    };
    let source = MediaSourceStream::new(source, Default::default());
    let options = FormatOptions::default();
    let reader: Result<Box<dyn FormatReader + '_>, Error> = match format {
        Format::Wav => WavReader::try_new(source, options).map(|reader| Box::new(reader) as _),
        Format::Aiff => AiffReader::try_new(source, options).map(|reader| Box::new(reader) as _),
        Format::Flac => FlacReader::try_new(source, options).map(|reader| Box::new(reader) as _),
        Format::Mp3 => MpaReader::try_new(source, options).map(|reader| Box::new(reader) as _),
        Format::OggVorbis => {
            OggReader::try_new(source, options).map(|reader| Box::new(reader) as _)
        }
    };
    reader.map_err(|error| unreadable(&error))
}

/// Checked before a decoder is made, for what a decoder needs depends on it.
fn described(parameters: &AudioCodecParameters) -> Result<(SampleRate, Channels), Refusal> {
    let silent = || Refusal::unreadable("it does not say how fast or how wide it is");
    let rate = parameters.sample_rate.ok_or_else(silent)?;
    let channels = parameters.channels.as_ref().ok_or_else(silent)?.count();
    let within = SampleRate::MIN.get()..=SampleRate::MAX.get();
    if !within.contains(&rate) {
        return Err(Refusal::Rate(rate));
    }
    match channels {
        1 | 2 => Ok((
            SampleRate::new(i64::from(rate)),
            Channels::new(if channels == 1 { 1 } else { 2 }),
        )),
        0 => Err(silent()),
        more => Err(Refusal::Channels(more)),
    }
}

fn decoder(
    format: Format,
    parameters: &AudioCodecParameters,
) -> Result<Box<dyn AudioDecoder>, Refusal> {
    let options = AudioDecoderOptions::default();
    let decoder: Result<Box<dyn AudioDecoder>, Error> = match format {
        Format::Wav | Format::Aiff => {
            PcmDecoder::try_new(parameters, &options).map(|decoder| Box::new(decoder) as _)
        }
        Format::Flac => {
            FlacDecoder::try_new(parameters, &options).map(|decoder| Box::new(decoder) as _)
        }
        Format::Mp3 => {
            MpaDecoder::try_new(parameters, &options).map(|decoder| Box::new(decoder) as _)
        }
        Format::OggVorbis => {
            VorbisDecoder::try_new(parameters, &options).map(|decoder| Box::new(decoder) as _)
        }
    };
    decoder.map_err(|error| unreadable(&error))
}

fn unreadable(error: &Error) -> Refusal {
    match error {
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Refusal::unreadable("it ends in the middle")
        }
        error => Refusal::Unreadable(error.to_string()),
    }
}
