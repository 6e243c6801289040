"""The catalogue of phrases by code, to be translated as a whole. Calm, concrete, kind; it informs, never diagnoses."""

from __future__ import annotations

CHANGE: dict[str, str] = {
    "lumbar_flexion": "Go only as deep as your back stays long; let your hips travel back to find the depth.",
    "early_lumbar": "Start by sending your hips back, and let your chest follow a moment later.",
    "lumbar_extension": "Let your ribs rest a little lower, so that your back stays the way it is when you stand tall.",
    "squatting": "Push your hips back a little more, as if closing a car door behind you, and keep your knees soft.",
    "hips_first": "On the way up, let hips and chest rise together, like one piece.",
    "shallow": "Let your hips travel a little further back before you come up.",
    "incomplete_lockout": "Finish every repetition standing tall, and take a breath there.",
    "neck": "Let your head follow your back; look at a spot on the floor a few steps ahead.",
    "bouncing": "Rest for a moment at the bottom before you come up.",
    "too_fast": "Take two or three calm seconds on the way down.",
    "weight_shift": "Let your hips go back until you feel your whole foot on the floor, heels too.",
    "lumbar_drift": "Do a repetition or two fewer, so that the last one looks like the first.",
}
"""For the client: the one thing to change."""

EAR: dict[str, str] = {
    "lumbar_flexion": "Long back, hips back",
    "early_lumbar": "Hips start first",
    "lumbar_extension": "Ribs down softly",
    "squatting": "Hips back, soft knees",
    "hips_first": "Chest and hips together",
    "shallow": "Hips a little further",
    "incomplete_lockout": "Stand up tall",
    "neck": "Head follows your back",
    "bouncing": "Pause at the bottom",
    "too_fast": "Slower on the way down",
    "weight_shift": "Feel your heels",
    "lumbar_drift": "Rest, then start fresh",
}
"""For the ear, during the set: under six words."""

KEEP: dict[str, str] = {
    "spine": "Your back stayed long while your hips did the work. Keep that.",
    "hip_drive": "Most of the movement came from your hips. Keep that.",
    "knees": "Your knees stayed soft and quiet. Keep that.",
    "depth": "You found a good depth. Keep that.",
    "tempo": "Your pace was calm. Keep that.",
    "consistency": "Your repetitions looked alike. Keep that.",
    "view": "Keep filming from this spot: you can be seen well.",
}
"""For the client: the one thing to keep, by sub-score; 'view' where no sub-score is good enough."""

NO_CHANGE = "Nothing to change today; what comes next is for you and your clinician to choose."
NOT_MEASURED = "Your back could not be read this time."

RANGE_REACHED = "This is as far as you bent today: about {lumbar:.0f}° from your lower back{hips}."
RANGE_HIPS = " and {hip:.0f}° from your hips"
RANGE_AGAIN = "Most people reach their furthest within six tries, so another slow bend or two may show a little more."
RANGE_DONE = "From here on your lifts can be read as a share of your own range."
RANGE_NOT_MEASURED = "Your own range could not be read this time."
"""For the client after a calibration recording: nothing to keep or to change, only what was reached."""

TITLE: dict[str, str] = {
    "lumbar_flexion": "Lumbar flexion",
    "early_lumbar": "Early lumbar movement",
    "lumbar_extension": "Lumbar extension",
    "squatting": "Squat pattern (knee bend)",
    "hips_first": "Hips rise first",
    "shallow": "Shallow hinge",
    "incomplete_lockout": "Incomplete lock-out",
    "neck": "Neck position",
    "bouncing": "Bouncing",
    "too_fast": "Fast descent",
    "weight_shift": "Weight towards the toes",
    "lumbar_drift": "Lumbar drift over the set",
}
"""For the clinician: names of the faults."""

UNITS: dict[str, str] = {
    "deg": "°",
    "s": " s",
    "share": "",
    "ratio": "",
    "deg/s2": "°/s²",
    "dips": " dips",
}
