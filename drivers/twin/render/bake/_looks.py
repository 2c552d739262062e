"""Who shops in the twin: ages, heights, builds, clothes and bags of the baked identities."""

from drivers.twin.render._body import Pattern
from drivers.twin.render.bake._figure import Look

LOOKS = (
    Look(name="01-tall-blue", gender="male", ancestry="caucasian", height_m=1.81, top_rgb=(0.16, 0.27, 0.58)),
    Look(
        name="02-red-tee", gender="female", ancestry="asian", height_m=1.66, long_sleeves=False, hair="bob",
        skin_rgb=(0.86, 0.68, 0.55), top_rgb=(0.76, 0.16, 0.17), legs_rgb=(0.27, 0.36, 0.56),
        shoe_rgb=(0.82, 0.82, 0.8),
        hair_rgb=(0.07, 0.06, 0.06),
    ),
    Look(
        name="03-white-shorts", gender="male", ancestry="african", height_m=1.76, weight=0.8, long_sleeves=False,
        legs="shorts", skin_rgb=(0.38, 0.26, 0.20), top_rgb=(0.90, 0.90, 0.86), legs_rgb=(0.40, 0.37, 0.27),
        shoe_rgb=(0.55, 0.12, 0.12), hair_rgb=(0.06, 0.05, 0.05),
    ),
    Look(
        name="04-green-cardigan", gender="female", ancestry="caucasian", height_m=1.62, age=1.0, legs="skirt",
        hair="bob",
        pattern=Pattern.JACKET, pattern_rgb=(0.90, 0.87, 0.80), skin_rgb=(0.84, 0.67, 0.60), top_rgb=(0.20, 0.43, 0.30),
        legs_rgb=(0.33, 0.27, 0.30), hair_rgb=(0.70, 0.69, 0.67), shoe_rgb=(0.25, 0.17, 0.14),
    ),
    Look(
        name="05-brown-cap", gender="male", ancestry="caucasian", height_m=1.72, age=0.7, weight=0.9, hair="cap",
        pattern=Pattern.JACKET, pattern_rgb=(0.75, 0.76, 0.78), top_rgb=(0.42, 0.30, 0.20), legs_rgb=(0.24, 0.27, 0.33),
        hair_rgb=(0.65, 0.14, 0.14), shoe_rgb=(0.30, 0.22, 0.15),
    ),
    Look(
        name="06-yellow-long", gender="female", ancestry="african", height_m=1.74, weight=-0.5,
        skin_rgb=(0.47, 0.32, 0.24),
        top_rgb=(0.87, 0.70, 0.20), legs_rgb=(0.12, 0.12, 0.14), shoe_rgb=(0.75, 0.73, 0.70),
        hair_rgb=(0.05, 0.04, 0.04),
    ),
    Look(
        name="07-striped", gender="male", ancestry="asian", height_m=1.69, weight=-0.3, pattern=Pattern.STRIPES,
        pattern_rgb=(0.16, 0.18, 0.28), skin_rgb=(0.82, 0.64, 0.51), top_rgb=(0.86, 0.86, 0.84),
        legs_rgb=(0.55, 0.48, 0.38),
        shoe_rgb=(0.15, 0.15, 0.17), hair_rgb=(0.08, 0.07, 0.07),
    ),
    Look(
        name="08-purple-check", gender="female", ancestry="caucasian", height_m=1.58, age=0.5, weight=0.7,
        long_sleeves=False, pattern=Pattern.CHECK, pattern_rgb=(0.62, 0.47, 0.70), top_rgb=(0.38, 0.20, 0.46),
        legs_rgb=(0.20, 0.24, 0.38), hair_rgb=(0.36, 0.21, 0.12), shoe_rgb=(0.66, 0.66, 0.68),
    ),
    Look(
        name="09-child-dots", gender="female", ancestry="caucasian", height_m=1.42, age=-1.0, hair="bob",
        legs="skirt", bag="backpack", pattern=Pattern.DOTS, pattern_rgb=(0.92, 0.90, 0.88), skin_rgb=(0.86, 0.68, 0.60),
        top_rgb=(0.80, 0.28, 0.45), legs_rgb=(0.22, 0.28, 0.52), bag_rgb=(0.16, 0.55, 0.62),
        hair_rgb=(0.55, 0.36, 0.18), shoe_rgb=(0.85, 0.83, 0.80),
    ),
    Look(
        name="10-grey-pinstripe", gender="male", ancestry="caucasian", height_m=1.70, age=1.0, weight=-0.4,
        bag="shoulder", pattern=Pattern.PINSTRIPES, pattern_rgb=(0.30, 0.38, 0.52), skin_rgb=(0.82, 0.64, 0.56),
        top_rgb=(0.78, 0.80, 0.84), legs_rgb=(0.45, 0.42, 0.36), bag_rgb=(0.36, 0.23, 0.13),
        hair_rgb=(0.78, 0.78, 0.77), shoe_rgb=(0.28, 0.18, 0.12),
    ),
    Look(
        name="11-student-backpack", gender="male", ancestry="african", height_m=1.88, weight=-0.6, bag="backpack",
        long_sleeves=False, pattern=Pattern.BLOCK, pattern_rgb=(0.15, 0.17, 0.24), skin_rgb=(0.32, 0.22, 0.17),
        top_rgb=(0.90, 0.52, 0.18), legs_rgb=(0.30, 0.38, 0.50), bag_rgb=(0.14, 0.15, 0.16),
        hair_rgb=(0.05, 0.05, 0.05), shoe_rgb=(0.88, 0.88, 0.86),
    ),
    Look(
        name="12-teal-handbag", gender="female", ancestry="asian", height_m=1.55, age=0.4, weight=0.3, hair="bob",
        legs="skirt", bag="shoulder", skin_rgb=(0.84, 0.67, 0.55), top_rgb=(0.10, 0.48, 0.47),
        legs_rgb=(0.12, 0.12, 0.15), bag_rgb=(0.72, 0.52, 0.30), hair_rgb=(0.10, 0.08, 0.08),
        shoe_rgb=(0.12, 0.10, 0.10),
    ),
    Look(
        name="13-heavy-jacket", gender="male", ancestry="asian", height_m=1.74, age=0.3, weight=1.0,
        pattern=Pattern.JACKET, pattern_rgb=(0.80, 0.30, 0.22), skin_rgb=(0.78, 0.60, 0.48), top_rgb=(0.14, 0.15, 0.18),
        legs_rgb=(0.52, 0.47, 0.36), hair_rgb=(0.09, 0.08, 0.08), shoe_rgb=(0.32, 0.24, 0.18),
    ),
    Look(
        name="14-runner-cap", gender="female", ancestry="caucasian", height_m=1.71, weight=-0.8, hair="cap",
        long_sleeves=False, legs="shorts", pattern=Pattern.BLOCK, pattern_rgb=(0.20, 0.22, 0.30),
        skin_rgb=(0.80, 0.60, 0.48), top_rgb=(0.55, 0.80, 0.35), legs_rgb=(0.13, 0.14, 0.18),
        hair_rgb=(0.90, 0.90, 0.88), shoe_rgb=(0.85, 0.35, 0.25),
    ),
    Look(
        name="15-old-lilac", gender="female", ancestry="african", height_m=1.52, age=1.0, weight=0.8, legs="skirt",
        bag="shoulder", pattern=Pattern.CHECK, pattern_rgb=(0.80, 0.74, 0.84), skin_rgb=(0.42, 0.29, 0.22),
        top_rgb=(0.60, 0.50, 0.70), legs_rgb=(0.40, 0.30, 0.34), bag_rgb=(0.48, 0.10, 0.14),
        hair_rgb=(0.62, 0.61, 0.60), shoe_rgb=(0.20, 0.15, 0.14),
    ),
    Look(
        name="16-boy-shorts", gender="male", ancestry="asian", height_m=1.52, age=-0.7, weight=0.2, hair="cap",
        long_sleeves=False, legs="shorts", bag="backpack", pattern=Pattern.STRIPES, pattern_rgb=(0.93, 0.80, 0.25),
        skin_rgb=(0.83, 0.66, 0.53), top_rgb=(0.18, 0.36, 0.62), legs_rgb=(0.46, 0.44, 0.40),
        bag_rgb=(0.70, 0.18, 0.16), hair_rgb=(0.15, 0.30, 0.22), shoe_rgb=(0.20, 0.20, 0.24),
    ),
)  # fmt: skip
