worklist-title = Today
worklist-title-some = Today ({ $count })
worklist-find = Find a client
worklist-wanting = { $count ->
    [one] One of your { $clients } clients needs you.
   *[other] { $count } of your { $clients } clients need you.
  }
worklist-nobody = Nobody needs you just now.
worklist-none-yet = A good place to begin.
worklist-group-first = Look at these first
worklist-group-look = To look at
worklist-group-tidy = When there is time
worklist-seek_care = Answered a question in a way that a doctor should hear about soon; filming waits for your clearance.
worklist-ask_clinician = Answered a question that you should look at; filming waits for your clearance.
worklist-pain_up = Pain { $value } of 10 at rest, usually { $usual }; a rise of { $least } or more matters.
worklist-stopped_for_pain = Stopped the last set early because of pain.
worklist-refused = { $count ->
    [one] The last recording could not be used; a word on how to film may help.
   *[other] The last { $count } recordings could not be used; a word on how to film may help.
  }
worklist-new_recordings = { $count ->
    [one] One new recording, not reviewed yet.
   *[other] { $count } new recordings, not reviewed yet.
  }
worklist-link_wanted = Asked for a new link to sign in.
worklist-no_plan = Ready to begin, with nothing on the plan.
worklist-quiet = No recording and no check-in for { $count } days.
worklist-act-answers = Look at the answers
worklist-act-link = Make a new link
worklist-act-plan = Write a plan
worklist-act-client = Open
worklist-act-review = Review
worklist-act-recording = Look at the recording
worklist-act-checkins = Look at the check-ins
worklist-calm = Nothing left to look at
worklist-calm-what = New recordings, answers and check-ins that need you appear here by themselves.
worklist-all-clients = All clients
worklist-begin = No clients yet
worklist-begin-what = A name is enough to add someone; you get a link to pass on.
worklist-add = Add a client
worklist-changed = The list has changed.
worklist-show = Show it
worklist-how = How this list is made
worklist-how-order = The most pressing comes first, then whoever has waited longest. It orders work; it judges nobody.
worklist-how-gone = New recordings leave the list when you publish a review of the newest. Pain leaves it when you publish a review or change the plan.
