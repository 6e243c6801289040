progress-title = Progress
progress-exercises = Exercises
progress-hip_share = How much came from the hips
progress-hip_share-what = The share of the whole bend that came from the hips. More is not always better: your clinician knows what is right for you.
progress-lumbar_deg = Bend of the lower back
progress-lumbar_deg-what = At the deepest point, compared with your own standing posture. A flat back, 0°, is not the aim.
progress-score = Score
progress-score-what = Of 100, by the limits of this exercise. It is not a grade.
progress-pain_worst = Worst pain during a set
progress-pain_worst-what = As you rated it, from 0 to 10, across all exercises.
progress-said-only = The first value. With the next video there is something to compare.
progress-said-more = { $difference } more than at first ({ $first }). That is more than the measurement can be off: a real change.
progress-said-less = { $difference } less than at first ({ $first }). That is more than the measurement can be off: a real change.
progress-said-within = About the same as at first ({ $first }). The difference of { $difference } is no more than the measurement can be off.
progress-said-unknown = At first it was { $first }. We cannot tell whether it has really changed.
progress-pain-more = { $difference } more than at first ({ $first }). A rise like this is worth telling your clinician.
progress-pain-less = { $difference } less than at first ({ $first }). That is a noticeable change.
progress-pain-within = About the same as at first ({ $first }).
progress-points = { $points } percentage points
progress-plot = { $name }: { $count ->
    [one] one value
   *[other] { $count } values
  }
progress-plot-desc = The first is { $first }, the newest { $newest }. All values are in the table below.
progress-plot-live = { $count ->
    [one] One of them is from a live session, drawn as a triangle.
   *[other] { $count } of them are from live sessions, drawn as triangles.
  }
progress-live = live
progress-key = a real change from the first one
progress-key-live = a live session
progress-key-pain = a noticeable change from the first one
progress-values = All values
progress-day = When
progress-value = Value
progress-from-first = Compared with the first
progress-real-yes = a real change
progress-real-no = too small to tell
progress-real-unknown = cannot tell
progress-real-first = first one
progress-meaning = What these figures mean
progress-meaning-error = No measurement is exact. The ± and the bars show the range in which the true value very likely lies.
progress-meaning-real = We call a change real only when it is larger than the ± of both videos taken together. Everything smaller may be chance, clothes or the camera.
progress-meaning-same = Compare like with like: the same exercise, the same place, similar clothes.
progress-empty = Nothing to show yet
progress-empty-what = After your first video you will see here how you are getting on.
progress-film = Film
progress-recordings = Your recordings
progress-spoken = Your clinician has written about it.
progress-state-received = on its way
progress-state-queued = waiting
progress-state-analysing = being looked at
progress-state-done = ready
progress-state-refused = film again
progress-state-failed = film again
progress-older = Older recordings
progress-newest = Newest recordings
