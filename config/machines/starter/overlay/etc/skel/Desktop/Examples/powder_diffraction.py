#!/usr/bin/env python3
"""A powder-diffraction experiment at a synchrotron beamline, simulated.

A monochromatic X-ray beam meets a powder of LaB6: each family of lattice planes
scatters into a cone (Bragg's law), and a flat detector behind the sample sees rings.
Averaging the image along the rings gives the pattern that crystallographers refine.

Change the numbers below and run it again.
"""
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

WAVELENGTH = 0.4133   # angstrom: 30 keV
DISTANCE = 220.0      # mm, sample to detector
PIXEL = 0.5           # mm
SHAPE = 480, 480      # pixels
BEAM = 150.0, 165.0   # mm, where the direct beam meets the detector (x, y)
CELL = 4.1569         # angstrom, edge of the cubic cell of LaB6
WIDTH = 0.13          # degree, full width of a line at half maximum
COUNTS = 900          # photons in a pixel at the strongest line

rng = np.random.default_rng(7)
h, k, l, intensity = np.loadtxt(Path(__file__).with_name("lab6.csv"), delimiter=",").T

# Bragg: 2 d sin(theta) = wavelength, with d = a / sqrt(h^2 + k^2 + l^2)
d = CELL / np.sqrt(h**2 + k**2 + l**2)
lines = 2 * np.degrees(np.arcsin(WAVELENGTH / (2 * d)))


def pattern(two_theta):
    """Intensity at a scattering angle: Lorentzian lines on an air-scatter background."""
    x = (two_theta[..., None] - lines) / (WIDTH / 2)
    return (intensity / (1 + x**2)).sum(-1) + 6 * np.exp(-two_theta / 8) + 0.8


# What each pixel sees, with the photon-counting noise of a real detector
y, x = np.indices(SHAPE) * PIXEL
radius = np.hypot(x - BEAM[0], y - BEAM[1])
two_theta = np.degrees(np.arctan2(radius, DISTANCE))
fine = np.linspace(0, two_theta.max(), 6000)
mean = np.interp(two_theta, fine, pattern(fine)) * COUNTS / 100
mean *= np.cos(np.radians(two_theta)) ** 3           # solid angle of a flat detector's pixel
image = rng.poisson(mean).astype(float)
image[radius < 4] = np.nan                           # the beam stop

# Azimuthal integration: the average over each ring
bins = np.arange(2, 28.5, 0.08)
good = np.isfinite(image)
total, _ = np.histogram(two_theta[good], bins, weights=image[good])
pixels, _ = np.histogram(two_theta[good], bins)
angle, curve = (bins[1:] + bins[:-1]) / 2, total / np.maximum(pixels, 1)

figure, (left, right) = plt.subplots(
    1, 2, figsize=(11, 5.2), width_ratios=(1, 1.3), num="Powder diffraction of LaB6, simulated")
figure.subplots_adjust(left=0.06, right=0.98, bottom=0.11, top=0.92, wspace=0.17)

left.imshow(np.log10(image + 1), cmap="magma", origin="lower", vmin=0.3, vmax=2.9,
            interpolation="nearest", extent=(0, SHAPE[1] * PIXEL, 0, SHAPE[0] * PIXEL))
left.set(title="Detector image (log scale)", xlabel="x (mm)", ylabel="y (mm)")

right.plot(angle, curve, color="#1f6f8b", linewidth=1.1)
right.set(title="Azimuthal average", xlabel="scattering angle 2θ (degrees)",
          ylabel="photons per pixel", xlim=(angle[0], angle[-1]), ylim=(0, curve.max() * 1.18))
for i in np.flatnonzero(intensity > 20):
    top = curve[np.abs(angle - lines[i]) < 0.15].max()
    right.annotate(f"{h[i]:.0f}{k[i]:.0f}{l[i]:.0f}", (lines[i], top), (0, 4),
                   textcoords="offset points", ha="center", fontsize=9, color="#555555")
right.text(0.98, 0.96, f"λ = {WAVELENGTH} Å,  a = {CELL} Å", transform=right.transAxes,
           ha="right", va="top", color="#555555")

plt.show()
