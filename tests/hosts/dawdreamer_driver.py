"""Drives one VST3 in DawDreamer: a JSON request on each line of standard input, its answer on standard
output. Audio goes through a file, as 32-bit floats, the left channel before the right."""

import base64
import os
import tempfile

import dawdreamer
from conversation import answer, serve
from juce_state import wrap


class Host:
    def open(self, path, is_multi, sample_rate, block):
        self.rate = sample_rate
        self.engine = dawdreamer.RenderEngine(int(sample_rate), block)
        self.plugin = self.engine.make_plugin_processor("lockstep", path)
        self.engine.load_graph([(self.plugin, [])])

    def load_state(self, state):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "state")
            with open(path, "wb") as file:
                file.write(wrap(base64.b64decode(state)))
            self.plugin.load_state(path)

    def play(self, tempo, frames, file):
        self.engine.set_bpm(tempo)
        self.engine.render(frames / self.rate)
        audio = self.engine.get_audio()
        with open(file, "wb") as output:
            for channel in audio[:2]:
                output.write(channel.astype("<f4").tobytes())
        return {"latency": self.plugin.get_latency_samples(), "notes": []}

    def show_editor(self):
        """Answers at once: the editor then has this thread until its window is closed."""
        answer(None)
        self.plugin.open_editor()


serve(Host())
