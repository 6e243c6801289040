### Messages by code: see code_messages.py beside this file. The English ones are those of the library and the content files; a test compares them.

## Faults: the name for clinicians, what to change for the client, the spoken cue (under six words).
fault-lumbar_flexion-title = Lumbar flexion
fault-lumbar_flexion-change = Go only as deep as your back stays long; let your hips travel back to find the depth.
fault-lumbar_flexion-ear = Long back, hips back
fault-early_lumbar-title = Early lumbar movement
fault-early_lumbar-change = Start by sending your hips back, and let your chest follow a moment later.
fault-early_lumbar-ear = Hips start first
fault-lumbar_extension-title = Lumbar extension
fault-lumbar_extension-change = Let your ribs rest a little lower, so that your back stays the way it is when you stand tall.
fault-lumbar_extension-ear = Ribs down softly
fault-squatting-title = Squat pattern (knee bend)
fault-squatting-change = Push your hips back a little more, as if closing a car door behind you, and keep your knees soft.
fault-squatting-ear = Hips back, soft knees
fault-hips_first-title = Hips rise first
fault-hips_first-change = On the way up, let hips and chest rise together, like one piece.
fault-hips_first-ear = Chest and hips together
fault-shallow-title = Shallow hinge
fault-shallow-change = Let your hips travel a little further back before you come up.
fault-shallow-ear = Hips a little further
fault-incomplete_lockout-title = Incomplete lock-out
fault-incomplete_lockout-change = Finish every repetition standing tall, and take a breath there.
fault-incomplete_lockout-ear = Stand up tall
fault-neck-title = Neck position
fault-neck-change = Let your head follow your back; look at a spot on the floor a few steps ahead.
fault-neck-ear = Head follows your back
fault-bouncing-title = Bouncing
fault-bouncing-change = Rest for a moment at the bottom before you come up.
fault-bouncing-ear = Pause at the bottom
fault-too_fast-title = Fast descent
fault-too_fast-change = Take two or three calm seconds on the way down.
fault-too_fast-ear = Slower on the way down
fault-weight_shift-title = Weight towards the toes
fault-weight_shift-change = Let your hips go back until you feel your whole foot on the floor, heels too.
fault-weight_shift-ear = Feel your heels
fault-lumbar_drift-title = Lumbar drift over the set
fault-lumbar_drift-change = Do a repetition or two fewer, so that the last one looks like the first.
fault-lumbar_drift-ear = Rest, then start fresh

## How clear a fault is.
fault-severity-mild = mild
fault-severity-marked = marked

## The one thing to keep, by sub-score; 'view' where there is none.
keep-spine = Your back stayed long while your hips did the work. Keep that.
keep-hip_drive = Most of the movement came from your hips. Keep that.
keep-knees = Your knees stayed soft and quiet. Keep that.
keep-depth = You found a good depth. Keep that.
keep-tempo = Your pace was calm. Keep that.
keep-consistency = Your repetitions looked alike. Keep that.
keep-view = Keep filming from this spot: you can be seen well.

## Where there is nothing to change, or the back could not be read.
change-none = Nothing to change today; what comes next is for you and your clinician to choose.
change-not_measured = Your back could not be read this time.

## Sub-scores.
subscore-spine = Back
subscore-hip_drive = Hip drive
subscore-knees = Knees
subscore-depth = Depth
subscore-tempo = Pace
subscore-consistency = Evenness

## Refusals, by code, without figures; a report's own message contains them, in English.
refusal-unreadable-message = This video cannot be opened.
refusal-unreadable-advice = Check that the file still exists and that you may open it, then try again.
refusal-not_a_video-message = This file is not a video.
refusal-not_a_video-advice = Choose the video itself, as your phone saved it (mp4 or mov).
refusal-no_video_stream-message = This file holds no moving picture.
refusal-no_video_stream-advice = This file holds no picture. Choose the video as your phone saved it.
refusal-truncated-message = This video stops before its end.
refusal-truncated-advice = Send the video again and let the upload finish; if it still stops early, film again.
refusal-too_short-message = This video is too short.
refusal-too_short-advice = Film at least one whole hinge: stand tall for two seconds, bend, stand up.
refusal-too_long-message = This video is too long to be looked at.
refusal-too_long-advice = Trim the video to one set, or film one set at a time.
refusal-too_large-message = The picture of this video is too large to be looked at.
refusal-too_large-advice = Film in 1080p; larger pictures add nothing here.
refusal-too_dark-message = The picture is too dark to see you.
refusal-too_dark-advice = Switch on a light, or turn so that the window is behind the phone.
refusal-blurred-message = The picture is blurred.
refusal-blurred-advice = Wipe the lens and lean the phone against something steady.
refusal-no_person-message = Nobody can be seen in this video.
refusal-no_person-advice = Place the phone so that your whole body is in the picture, then film again.
refusal-person_lost-message = You cannot be followed through this video.
refusal-person_lost-advice = Stay in the picture from the first to the last repetition.
refusal-person_too_small-message = You are too small in the picture to be measured.
refusal-person_too_small-advice = Bring the phone closer: two to three metres is right.
refusal-out_of_frame-message = Part of you is outside the picture.
refusal-out_of_frame-advice = Move the phone back a step, so that head and feet stay in the picture.
refusal-several_people-message = More than one person is in the picture.
refusal-several_people-advice = Film with nobody else in the picture if you can.
refusal-not_side_view-message = The camera does not see you from the side.
refusal-not_side_view-advice = Turn so that one shoulder points at the phone, then film again.
refusal-camera_moved-message = The camera moved while you did.
refusal-camera_moved-advice = Lean the phone against something steady and leave it there while you move.
refusal-camera_tilted-message = The picture is tilted.
refusal-camera_tilted-advice = Set the phone upright and level.
refusal-feet_moved-message = Your feet moved during a repetition.
refusal-feet_moved-advice = Keep both feet where they are during the set.
refusal-tempo_uncertain-message = The video may play in slow motion.
refusal-tempo_uncertain-advice = If this is slow motion, say how slow it plays (for example 0.125).
refusal-no_standing_reference-message = You could not be seen standing tall.
refusal-no_standing_reference-advice = Start by standing tall and still for two seconds.
refusal-no_hinge-message = No hip hinge can be seen in this video.
refusal-no_hinge-advice = Film yourself from the side while you push your hips back and stand up again.
refusal-lumbar_not_measurable-message = Your lower back could not be read.
refusal-lumbar_not_measurable-advice = Wear a fitted top, stand side-on and keep arms off your back.
refusal-model_missing-message = A part of the measuring is not installed.
refusal-model_missing-advice = Run: hinge-check models fetch
refusal-output_unwritable-message = The result cannot be written.
refusal-output_unwritable-advice = Choose another folder for the result (--out).
refusal-disk_full-message = There is no space left for the result.
refusal-disk_full-advice = Free some space and run it again; nothing half-written was kept.
refusal-interrupted-message = It was stopped before its end.
refusal-interrupted-advice = Run it again when you are ready; nothing half-written was kept.

## Milder words for the same codes, where a finding did not end the analysis; codes without an entry here use the words above.
finding-too_dark-message = The picture is rather dark.
finding-person_lost-message = You are out of sight for part of the video.
finding-out_of_frame-message = You touch the edge of the picture.
finding-camera_moved-message = The camera moved a little.
finding-person_too_small-message = You are rather small in the picture.
finding-not_side_view-message = The camera sees you a little off your side.
finding-camera_tilted-message = The picture looks a little tilted.
finding-several_people-message = Someone else is in the picture; the person who hinges is measured.

## Analyses that stopped on our side.
refusal-analysis_crashed-message = The analysis of this video stopped before its end, twice.
refusal-analysis_crashed-advice = Film again, or send another copy of the video; nothing else waits for this one.
refusal-too_slow-message = The analysis of this video took longer than allowed.
refusal-too_slow-advice = Film again, or send another copy of the video; nothing else waits for this one.
refusal-too_much_memory-message = The analysis of this video needed more memory than allowed.
refusal-too_much_memory-advice = Film again, or send another copy of the video; nothing else waits for this one.
refusal-too_much_disk-message = The analysis of this video needed more room than allowed.
refusal-too_much_disk-advice = Film again, or send another copy of the video; nothing else waits for this one.
refusal-worker_lost-message = The analysis of this video was begun several times and never came to its end.
refusal-worker_lost-advice = Film again, or send another copy of the video; nothing else waits for this one.
refusal-analysis_failed-message = This video could not be analysed.
refusal-analysis_failed-advice = Film again, or send another copy of the video; nothing else waits for this one.

## Problems of the service.
problem-invalid_request-title = Something in this form is not quite right
problem-invalid_request-advice = Look at the marked fields and send it again.
problem-unauthenticated-title = Please sign in
problem-unauthenticated-advice = Sign in, then try again.
problem-forbidden-title = This is not open to you
problem-forbidden-advice = Ask your clinician if you need this.
problem-csrf-title = This form was open for a long while
problem-csrf-advice = Go back, reload the page and send it again.
problem-not_found-title = There is nothing here
problem-not_found-advice = Check the address, or go to the start page.
problem-method_not_allowed-title = This cannot be done here
problem-method_not_allowed-advice = Go back to the page you came from.
problem-not_acceptable-title = Not offered in that form
problem-not_acceptable-advice = Choose another form.
problem-request_timeout-title = The connection paused for too long
problem-request_timeout-advice = Check the connection and send it again.
problem-conflict-title = It changed in the meantime
problem-conflict-advice = Reload the page to see how it stands now, then try again.
problem-not_ready-title = Not ready yet
problem-not_ready-advice = The video is still being looked at; come back in a moment.
problem-consent_required-title = A video can be sent once its storage has been agreed to
problem-consent_required-advice = Read the three questions about your video and answer them as you like; the first one is needed.
problem-intake_required-title = A few questions come first
problem-intake_required-advice = Answer the questions about your health; it takes two minutes.
problem-clearance_required-title = Your clinician will look at your answers first
problem-clearance_required-advice = Please hold off filming until your clinician has spoken with you. If you feel worse, seek care.
problem-not_shown-title = This video is not shared with you
problem-not_shown-advice = The figures are here; ask the client if you need to see the video.
problem-link_invalid-title = This link is not complete
problem-link_invalid-advice = Open the link exactly as it was sent to you.
problem-link_expired-title = This link has expired
problem-link_expired-advice = Ask for a new link.
problem-link_used-title = This link was already used
problem-link_used-advice = Ask for a new link.
problem-length_required-title = This could not be taken in as it was sent
problem-length_required-advice = Send it again from this page.
problem-precondition_failed-title = It was changed elsewhere in the meantime
problem-precondition_failed-advice = Reload the page to see how it stands now, then try again.
problem-upload_mismatch-title = The upload is at another place
problem-upload_mismatch-advice = It goes on from there.
problem-upload_empty-title = Nothing arrived
problem-upload_empty-advice = Choose the video again and send it.
problem-upload_expired-title = This upload was given up after a long pause
problem-upload_expired-advice = Choose the video again; it starts from the beginning.
problem-too_large-title = This is too large
problem-too_large-advice = Trim the video to one set, or film in 1080p.
problem-wrong_media_type-title = Another kind of file is needed
problem-wrong_media_type-advice = Choose the video as your phone saved it (mp4 or mov).
problem-range_not_satisfiable-title = There is no such part of this video
problem-range_not_satisfiable-advice = Reload the page and play it again.
problem-refused_video-title = This video cannot be used
problem-refused_video-advice = Film again.
problem-too_many_requests-title = There have been many attempts
problem-too_many_requests-advice = Wait a little, then try again.
problem-unavailable-title = Not available just now
problem-unavailable-advice = Try again in a moment.
problem-storage_full-title = There is no room left on our side
problem-storage_full-advice = Try again later, and let your clinic know.
problem-internal-title = Something did not work on our side
problem-internal-advice = Try again in a moment.

## A clinician's verdict: for clinicians, and in kind words for the client.
verdict-progress = Go on to the next step
verdict-hold = Stay at this step
verdict-regress = Go back a step
verdict-progress-client = You are ready for the next step.
verdict-hold-client = Stay with this exercise for now; it is doing its work.
verdict-regress-client = A gentler exercise fits better just now. That is a normal part of the way.
verdict-not_enough_data = Not enough to go by yet

## Reasons for a suggestion, as headings; the sentence with its figures is the report's own.
reason-sessions = Sessions to judge by
reason-reps_in_band = Repetitions in band
reason-steadiness = Steadiness
reason-drift = Drift over the set
reason-pain_during = Pain during the set
reason-next_morning = The next morning
reason-pain_change = Pain at rest
reason-stopped_early = Sets stopped early

## What is followed over time.
metric-score = Score
metric-hip_share = Hip share of the bend
metric-hip_deg = Hip flexion
metric-lumbar_deg = Lumbar flexion
metric-pain_before = Pain before the set
metric-pain_worst = Worst pain during the set
metric-rpe = Effort
metric-load_kg = Load

## Phases of a repetition.
phase-stand = standing
phase-descent = going down
phase-bottom = bottom
phase-ascent = coming up

## Bundled protocols.
protocol-bodyweight_hinge = Bodyweight hinge
protocol-bow = Waiter's bow
protocol-deadlift = Deadlift
protocol-dowel_hinge = Dowel hinge
protocol-good_morning = Good morning
protocol-kettlebell_deadlift = Kettlebell deadlift
protocol-rdl = Romanian deadlift
protocol-wall_tap = Wall tap

## What the live coach says apart from the cues ('fault-…-ear').
say-instruction-step_into_view = Step into the picture, side on.
say-instruction-show_whole_body = Move so that all of you is seen.
say-instruction-show_head = Tilt the camera up a little.
say-instruction-show_feet = Tilt the camera down a little.
say-instruction-come_closer = Come a step closer.
say-instruction-move_back = Take a step back.
say-instruction-turn_side_on = Turn your side to the camera.
say-instruction-more_light = Switch on a light, please.
say-instruction-one_person = One person in the picture, please.
say-instruction-face_level = Set the camera level.
say-instruction-steady_camera = Put the camera down firmly.
say-instruction-stand_tall = Stand tall and still.
say-instruction-hinge_when_ready = Hips back when you are ready.
say-instruction-rest = Rest. Begin again when you like.
say-instruction-paused = Paused.
say-instruction-done = Done. Well worked.
say-notice-person_lost = I cannot see you
say-notice-welcome_back = There you are, go on
say-notice-second_person = Someone else is in view
say-notice-camera_moved = The camera moved
say-notice-gap = Picture stopped, count is kept
say-notice-slow_frames = The picture is slow
say-notice-too_dark = It is getting dark
say-notice-back_not_readable = Your back is hidden
say-notice-turned_around = You turned around
say-notice-resumed = Going on, count is kept
say-praise-that_is_it = That is it
say-praise-keep_that = Good, keep that
say-praise-good_set = A steady set

## The bundled ladder: shown where a clinic has not written its own words.
ladder-title = From lying to the deadlift
step-bridge-title = Bridge
step-bridge-instruction-1 = Lie on your back, knees bent, feet flat and hip-wide.
step-bridge-instruction-2 = Press your feet into the floor and lift your hips until shoulders, hips and knees are in one line.
step-bridge-instruction-3 = Let the lift come from your buttocks; your lower back rests. Breathe out on the way up.
step-bridge-instruction-4 = Hold for a breath and lower slowly.
step-bird_dog-title = Bird-dog
step-bird_dog-instruction-1 = Go on hands and knees, hands below shoulders, knees below hips.
step-bird_dog-instruction-2 = Slowly reach one arm forward and the opposite leg back.
step-bird_dog-instruction-3 = Keep your back still, as if a glass of water stood on it.
step-bird_dog-instruction-4 = Hold for a breath, come back, change sides.
step-bow-title = Waiter's bow
step-bow-instruction-1 = Stand side-on to the phone, feet hip-wide, and stand tall and still for two seconds.
step-bow-instruction-2 = Keep your knees almost straight and bow from the hips, like a waiter.
step-bow-instruction-3 = Keep your back the way it was while standing; go only as far as it stays so.
step-bow-instruction-4 = Come up again, slowly.
step-dowel_hinge-title = Hinge with a dowel
step-dowel_hinge-instruction-1 = Hold a stick along your back: it touches your head, your upper back and the back of your pelvis.
step-dowel_hinge-instruction-2 = Soften your knees and push your hips back; keep all three contacts.
step-dowel_hinge-instruction-3 = Go as far as the stick stays in place, then stand up tall.
step-wall_tap-title = Wall tap
step-wall_tap-instruction-1 = Stand with your back to a wall, a foot's length away from it.
step-wall_tap-instruction-2 = Soften your knees and push your hips back until they touch the wall.
step-wall_tap-instruction-3 = Stand up tall. When it is easy, step a little further away.
step-bodyweight_hinge-title = Bodyweight hinge
step-bodyweight_hinge-instruction-1 = Stand tall, feet hip-wide, arms hanging.
step-bodyweight_hinge-instruction-2 = Soften your knees and push your hips back, as if closing a car door behind you.
step-bodyweight_hinge-instruction-3 = Let your chest follow forward and keep your back long.
step-bodyweight_hinge-instruction-4 = When you feel the backs of your thighs, stand up tall again.
step-rdl-title = Romanian deadlift
step-rdl-instruction-1 = Hold the weight in front of your thighs; begin with what feels light.
step-rdl-instruction-2 = Soften your knees and let the weight slide down your legs as your hips go back.
step-rdl-instruction-3 = Stop where you feel the backs of your thighs; stand up tall.
step-kettlebell_deadlift-title = Kettlebell deadlift
step-kettlebell_deadlift-instruction-1 = Place the kettlebell between your feet; stand tall above it.
step-kettlebell_deadlift-instruction-2 = Push your hips back and let your hands come down to the handle.
step-kettlebell_deadlift-instruction-3 = Take a breath, push the floor away and stand up tall.
step-deadlift-title = Deadlift
step-deadlift-instruction-1 = Stand close to the bar, feet hip-wide.
step-deadlift-instruction-2 = Push your hips back and bend your knees until your hands reach the bar.
step-deadlift-instruction-3 = Take a breath, push the floor away and let hips and chest rise together.
