waiting-title = Your video is being looked at
waiting-received = Your video has arrived.
waiting-queued = { $ahead ->
    [0] It is next.
    [one] One video is ahead of yours.
   *[other] { $ahead } videos are ahead of yours.
}
waiting-queue-over = Its turn has come.
waiting-analysing = It is being looked at: { $percent } %
waiting-analysing-later = It is looked at, frame by frame.
waiting-result = You will see the result here.
waiting-may-close = You can close this page. It goes on without you, and the result waits on your start page.
waiting-by-itself = This page checks again every few seconds.
waiting-checkin = Three taps while you wait: pain, effort and load.
waiting-checkin-go = Say how it went
waiting-line = No connection just now. The video is safe with us; this page goes on as soon as the connection is back.
waiting-ready = Ready
waiting-refused-title = This video cannot be used yet
waiting-refused-fine = That happens. It says nothing about your movement: only that the camera could not see it well enough.
waiting-failed-title = This video could not be looked at
waiting-failed = That is on our side; it was nothing you did.
waiting-failed-how = Please film the set again, or choose another video. What you said about the set is kept.
waiting-failed-again = Your video is safe. We can look at it once more; often that is enough.
waiting-failed-again-go = Try again
waiting-failed-or = Or film the set again, or choose another video. What you said about the set is kept.
