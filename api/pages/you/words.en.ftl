you-title = You
you-with = With { $clinician }, { $clinic }
you-agreements = What you agreed to
you-agreed = Agreed on { $day }
you-not-agreed = Not agreed
you-take-back = Take back
you-agree = Read and agree
you-withdrawn-store_video = Taken back. Your stored videos are deleted; no further video is accepted.
you-withdrawn-show_to_clinician = Taken back. From now on your clinician cannot open your videos.
you-withdrawn-keep_beyond_30_days = Taken back. Videos are deleted 30 days after they arrived.
you-withdraw-title = Take this back?
you-withdraw-what = What happens then
you-withdraw-first = Deleted videos cannot be brought back.
you-withdraw-take-along = You can download a copy first.
you-withdraw-go = Take it back
you-withdraw-not = Leave it as it is
you-health = Questions about your health
you-health-answered = You answered them on { $day }. If something has changed since, for example new numbness or a leg that grows weaker, tell us here, and seek care the same day.
you-health-not-answered = You have not answered them yet.
you-health-again = Something has changed
you-health-first = Answer the questions
you-data = Your data
you-data-what = { $videos ->
    [0] Download everything we have about you as one file. There is no video yet.
    [one] Download everything we have about you as one file: one recording, about { $megabytes } MB of video, your figures and what was written.
   *[other] Download everything we have about you as one file: { $videos } recordings, about { $megabytes } MB of video, your figures and what was written.
  }
you-data-take = Download my data
you-delete = Having your data deleted
you-delete-video = A single video: open it under “Progress” and delete it there. All videos at once: take back “store my video” above.
you-delete-all = Everything, including figures and your name: tell { $clinician }, in person, by phone or in writing. They can erase it at once.
you-delete-what = What remains then is a note that someone's data was erased, and when, without your name.
you-device = This device
you-device-what = You stay signed in on this device. If others use it too, sign out when you are done.
you-sign-out-everywhere = Sign out everywhere
you-back-in = To sign in again you need a new link from your clinician.
you-settings = Language and appearance are at the foot of every page.
you-about = What it measures, how well, and who it is not for
