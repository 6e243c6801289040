worklist-title = Heute
worklist-title-some = Heute ({ $count })
worklist-find = Klientin oder Klienten suchen
worklist-wanting = { $count ->
    [one] Jemand braucht Sie, von { $clients } insgesamt.
   *[other] { $count } von { $clients } Personen brauchen Sie.
  }
worklist-nobody = Gerade braucht Sie niemand.
worklist-none-yet = Ein guter Ort, um zu beginnen.
worklist-group-first = Zuerst ansehen
worklist-group-look = Zum Ansehen
worklist-group-tidy = Wenn Zeit ist
worklist-seek_care = Hat eine Frage so beantwortet, dass bald ärztlicher Rat gefragt ist; das Filmen wartet auf Ihre Freigabe.
worklist-ask_clinician = Hat eine Frage so beantwortet, dass Sie hinsehen sollten; das Filmen wartet auf Ihre Freigabe.
worklist-pain_up = Schmerz { $value } von 10 in Ruhe, sonst { $usual }; ein Anstieg ab { $least } zählt.
worklist-stopped_for_pain = Hat den letzten Satz wegen Schmerzen abgebrochen.
worklist-refused = { $count ->
    [one] Die letzte Aufnahme war nicht verwendbar; ein Wort zum Filmen kann helfen.
   *[other] Die letzten { $count } Aufnahmen waren nicht verwendbar; ein Wort zum Filmen kann helfen.
  }
worklist-new_recordings = { $count ->
    [one] Eine neue Aufnahme, noch nicht beurteilt.
   *[other] { $count } neue Aufnahmen, noch nicht beurteilt.
  }
worklist-link_wanted = Hat um einen neuen Link gebeten.
worklist-no_plan = Kann beginnen, hat aber noch nichts auf dem Plan.
worklist-quiet = Seit { $count } Tagen keine Aufnahme und keine Rückmeldung.
worklist-act-answers = Antworten ansehen
worklist-act-link = Neuen Link erstellen
worklist-act-plan = Plan schreiben
worklist-act-client = Öffnen
worklist-act-review = Beurteilen
worklist-act-recording = Aufnahme ansehen
worklist-act-checkins = Rückmeldungen ansehen
worklist-calm = Alles ist angesehen
worklist-calm-what = Neue Aufnahmen, Antworten und Rückmeldungen, die Sie brauchen, erscheinen hier von selbst.
worklist-all-clients = Alle Klientinnen und Klienten
worklist-begin = Noch niemand hier
worklist-begin-what = Ein Name genügt; Sie bekommen einen Link zum Weitergeben.
worklist-add = Jemanden hinzufügen
worklist-changed = Die Liste hat sich geändert.
worklist-show = Anzeigen
worklist-how = Wie diese Liste entsteht
worklist-how-order = Das Dringendste steht oben, danach, wer am längsten wartet. Sie ordnet Arbeit; sie beurteilt niemanden.
worklist-how-gone = Neue Aufnahmen verschwinden, sobald Sie zur neuesten etwas veröffentlichen. Schmerz verschwindet, sobald Sie etwas veröffentlichen oder den Plan ändern.
