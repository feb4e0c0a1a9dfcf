#!/usr/bin/env python3
"""Draw the wallpaper: the Debye-Scherrer rings of a crystalline powder, as a detector behind it sees them.

usage: wallpaper.py FILE.jpg      (NumPy and Pillow; the image's own Python runs it at build time)
"""
import sys

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 1920, 1200
BEAM = 0.735, 0.60            # where the direct beam meets the picture, in widths and heights
SPACING = 118.0               # pixels: radius of the first ring

y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
dx, dy = x - BEAM[0] * WIDTH, y - BEAM[1] * HEIGHT
radius, angle = np.hypot(dx, dy), np.arctan2(dy, dx)

# A cubic crystal: lines where N = h^2 + k^2 + l^2 is possible, a flat detector spreads the outer ones.
lines = {1: .54, 2: 1, 3: .45, 4: .3, 5: .5, 6: .3, 8: .15, 9: .34, 10: .26, 11: .2, 12: .1, 13: .16, 14: .24,
         17: .18, 18: .14, 19: .1, 20: .13, 21: .16, 22: .1, 24: .1, 26: .1, 27: .08, 29: .1, 30: .08}
scatter = np.zeros_like(radius)
for n, strength in lines.items():
    theta = np.arcsin(0.082 * np.sqrt(n))
    ring = SPACING / np.tan(2 * np.arcsin(0.082)) * np.tan(2 * theta)
    texture = 1 + 0.35 * np.cos(4 * angle + n) + 0.15 * np.cos(6 * angle - 2 * n)   # grains are never quite at random
    width = 1.6 + ring / 420
    scatter += strength * texture * (np.exp(-((radius - ring) / width) ** 2)
                                     + 0.22 / (1 + ((radius - ring) / (7 * width)) ** 2))
scatter *= np.exp(-radius / 900) * 1.25
halo = np.exp(-(radius / 210) ** 1.15) * 0.9 + np.exp(-radius / 800) * 0.30
# the beam's own diffraction at a round aperture
q = radius / 13 + 1e-3
halo += 0.10 * (np.sin(q) / q) ** 2 * 4 * (radius < 130) * np.exp(-radius / 70)

light = np.clip(0.30 * halo + 0.44 * scatter, 0, None)
light = light / (1 + 0.45 * light)

stops = np.array([0, .12, .30, .55, .85, 1.3])
colours = np.array([(13, 24, 38), (19, 42, 62), (31, 74, 98), (66, 127, 146), (150, 198, 198), (246, 236, 208)])
picture = np.stack([np.interp(light, stops, colours[:, c]) for c in range(3)], -1)

shade = 1 - 0.30 * np.clip(np.hypot((x / WIDTH - .62) * 1.1, y / HEIGHT - .5) - .25, 0, 1)
grain = np.random.default_rng(1).normal(0, .9, (HEIGHT, WIDTH, 1))      # dither: no bands in the dark
picture = np.clip(picture * shade[..., None] + grain, 0, 255).astype(np.uint8)
Image.fromarray(picture).save(sys.argv[1], quality=90)
