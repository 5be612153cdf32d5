"""The transport of a host that calls its plugin on time, and the hands on it: the same as the tests' own
host does."""

import time


class Deck:
    def __init__(self, rate, frames, place):
        self.rate, self.frames = rate, frames
        self.rolls, self.tempo, self.beat, self.loop, self.signature, self.records = place
        self.ramp = None
        self.hands = []
        self.goes_on = True
        self.blocks, self.late = [], []
        self.began = 0

    def run(self, render):
        """Calls `render` on time with frames, the transport and parameters, until nothing goes on."""
        self.began = time.monotonic_ns()
        while self.goes_on:
            place, knobs = self.next()
            due = self.began + round(len(self.blocks) * self.frames / self.rate * 1e9)
            self.late.append((time.monotonic_ns() - due) / 1e6)
            self.blocks.append(render(self.frames, place, knobs))
            due = self.began + round(len(self.blocks) * self.frames / self.rate * 1e9)
            time.sleep(max(0, due - time.monotonic_ns()) / 1e9)

    def next(self):
        knobs = []
        while self.hands:
            hand = self.hands.pop(0)
            self.touch(hand)
            knobs += hand["knobs"]
        place = (self.rolls, self.tempo, self.beat, self.loop, self.signature, self.records)
        before = self.tempo
        if self.ramp:
            to, per_second = self.ramp
            self.tempo += per_second * self.frames / self.rate
            if (per_second > 0) == (self.tempo >= to):
                self.tempo, self.ramp = to, None
        if self.rolls:
            mean = (before + self.tempo) / 2
            beat = self.beat + self.frames * mean / (60 * self.rate)
            if self.loop and self.beat < self.loop[1] <= beat:
                start, end = self.loop
                beat = start + (beat - end) % (end - start)
            self.beat = beat
        return place, knobs

    def touch(self, hand):
        def chosen(name, kept):
            return kept if hand[name] is None else hand[name]

        self.rolls = chosen("rolls", self.rolls)
        self.beat = chosen("beat", self.beat)
        self.signature = chosen("signature", self.signature)
        if hand["loop"] is not None:
            self.loop = hand["loop"] or None
        if hand["tempo"] is not None:
            self.tempo, self.ramp = hand["tempo"], None
        if hand["ramp"] is not None:
            to, seconds = hand["ramp"]
            self.ramp = to, (to - self.tempo) / seconds

    def written(self, file):
        blocks = list(self.blocks)
        with open(file, "wb") as output:
            for side in range(2):
                for block in blocks:
                    output.write(block[4 * self.frames * side : 4 * self.frames * (side + 1)])
        frames = self.frames * len(blocks)
        return {"stretches": [[0, self.began]], "late": self.late, "frames": frames}
