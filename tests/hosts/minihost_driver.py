"""Drives one VST3 in minihost: a JSON request on each line of standard input, its answer on
standard output. Audio goes through a file, as 32-bit floats, one channel after the other."""

import base64
import contextlib
import threading

import minihost
from conversation import serve
from deck import Deck
from juce_state import unwrap, wrap


def channels(memory, count, frames):
    return memoryview(memory).cast("f", (count, frames))


def stereo(memory, frames):
    return channels(memory, 2, frames)


class Host:
    def __init__(self):
        self.plugin = None
        self.rate = 0.0
        self.channels = 2

    def open(self, path, is_multi, sample_rate, block):
        if self.plugin:
            self.close()
        self.rate = sample_rate
        self.channels = 34 if is_multi else 2
        self.plugin = minihost.Plugin(
            path, sample_rate=sample_rate, max_block_size=block, in_channels=0, out_channels=self.channels
        )

    def close(self):
        self.plugin.close()
        self.plugin = None

    def offline(self, is_offline):
        self.plugin.non_realtime = is_offline

    def save_state(self):
        return base64.b64encode(unwrap(self.plugin.get_state())).decode()

    def load_state(self, state):
        """Whether it was taken is heard: the plugin's answer is not passed on, and minihost guesses at a
        refusal wherever nothing changed."""
        with contextlib.suppress(RuntimeError):
            self.plugin.set_state(wrap(base64.b64decode(state)))

    def parameter(self, name):
        return self.plugin.find_param(name)

    def render(self, blocks, touches, file):
        audio = [bytearray() for _ in range(self.channels)]
        notes, begun = [], 0
        for frames, *place in blocks:
            self.set_transport(*place)
            memory = bytearray(4 * self.channels * frames)
            silence, block = stereo(bytearray(8 * frames), frames), channels(memory, self.channels, frames)
            due = [(at - begun, *what) for at, *what in touches if begun <= at < begun + frames]
            midi = [event for event in due if len(event) == 4]
            changes = [event for event in due if len(event) == 3]
            sent = self.plugin.process_auto(silence, block, midi, changes, 4096)
            notes += [note for note in (answered(begun, event) for event in sent) if note]
            for number, channel in enumerate(audio):
                channel += memory[4 * frames * number : 4 * frames * (number + 1)]
            begun += frames
        with open(file, "wb") as output:
            for channel in audio:
                output.write(channel)
        return {"latency": self.plugin.latency_samples, "notes": notes}

    def roll(self, start):
        frames, *place = start
        self.deck = Deck(self.rate, frames, place)
        self.pacing = threading.Thread(target=self.deck.run, args=(self.block,))
        self.pacing.start()

    def turn(self, hand):
        self.deck.hands.append(hand)

    def halt(self, file):
        self.deck.goes_on = False
        self.pacing.join()
        return self.listen(file)

    def listen(self, file):
        return {"latency": self.plugin.latency_samples, "notes": [], **self.deck.written(file)}

    def block(self, frames, place, knobs):
        self.set_transport(*place)
        memory = bytearray(8 * frames)
        silence = stereo(bytearray(8 * frames), frames)
        self.plugin.process_auto(silence, stereo(memory, frames), [], [(0, *knob) for knob in knobs], 4096)
        return memory

    def cycle(self, path, sample_rate, block, rounds, together):
        audio = stereo(bytearray(8 * block), block)
        for turn in range(rounds):
            plugins = [
                minihost.Plugin(
                    path, sample_rate=sample_rate, max_block_size=block, in_channels=0, out_channels=2
                )
                for _ in range(together)
            ]
            for plugin in plugins:
                for place in range(4):
                    changes = [(frame, 0, (turn + place + frame) % 7 / 7) for frame in range(0, block, 64)]
                    plugin.process_auto(audio, audio, [], changes)
            for plugin in plugins:
                plugin.close()

    def set_transport(self, is_rolling, tempo, beat, loop, signature, is_recording):
        if tempo is None:
            self.plugin.clear_transport()
            return
        frames_per_beat = 60.0 * self.rate / tempo
        start, end = loop or (0.0, 0.0)
        self.plugin.set_transport(
            tempo,
            time_sig_num=signature[0],
            time_sig_denom=signature[1],
            position_samples=round(beat * frames_per_beat),
            position_beats=beat,
            is_playing=is_rolling,
            is_recording=is_recording,
            is_looping=loop is not None,
            loop_start=round(start * frames_per_beat),
            loop_end=round(end * frames_per_beat),
        )


def answered(begun, event):
    """A note that the plugin sent, as its frame, channel, key, and velocity unless it ends."""
    frame, status, key, strength = event
    kind, channel = status & 0xF0, status & 0x0F
    if kind not in (0x80, 0x90):
        return None
    begins = kind == 0x90 and strength > 0
    return [begun + frame, channel, key, strength / 127 if begins else None]


serve(Host())
