progress-title = Verlauf
progress-exercises = Übungen
progress-hip_share = Wie viel aus den Hüften kam
progress-hip_share-what = Der Anteil der Hüften an der ganzen Beugung. Mehr ist nicht immer besser: Ihre Fachperson weiß, was für Sie passt.
progress-lumbar_deg = Beugung des unteren Rückens
progress-lumbar_deg-what = Am tiefsten Punkt, gegenüber Ihrem eigenen aufrechten Stand. Ein ganz flacher Rücken, 0°, ist nicht das Ziel.
progress-score = Punktzahl
progress-score-what = Von 100, nach den Grenzen dieser Übung. Sie ist keine Note.
progress-pain_worst = Stärkster Schmerz während eines Satzes
progress-pain_worst-what = Wie Sie ihn angegeben haben, von 0 bis 10, aus allen Übungen.
progress-said-only = Der erste Wert. Mit dem nächsten Video gibt es etwas zu vergleichen.
progress-said-more = { $difference } mehr als am Anfang ({ $first }). Das ist mehr als die Messunsicherheit: eine echte Änderung.
progress-said-less = { $difference } weniger als am Anfang ({ $first }). Das ist mehr als die Messunsicherheit: eine echte Änderung.
progress-said-within = Etwa wie am Anfang ({ $first }). Der Unterschied von { $difference } liegt im Bereich der Messunsicherheit.
progress-said-unknown = Am Anfang waren es { $first }. Ob es sich wirklich geändert hat, ist nicht erkennbar.
progress-pain-more = { $difference } mehr als am Anfang ({ $first }). Einen solchen Anstieg sollte Ihre Fachperson kennen.
progress-pain-less = { $difference } weniger als am Anfang ({ $first }). Das ist eine spürbare Änderung.
progress-pain-within = Etwa wie am Anfang ({ $first }).
progress-points = { $points } Prozentpunkte
progress-plot = { $name }: { $count ->
    [one] ein Wert
   *[other] { $count } Werte
  }
progress-plot-desc = Der erste ist { $first }, der neueste { $newest }. Alle Werte stehen in der Tabelle darunter.
progress-plot-live = { $count ->
    [one] Einer davon ist aus einer Live-Einheit, als Dreieck gezeichnet.
   *[other] { $count } davon sind aus Live-Einheiten, als Dreiecke gezeichnet.
  }
progress-live = live
progress-key = eine echte Änderung gegenüber dem ersten
progress-key-live = eine Live-Einheit
progress-key-pain = eine spürbare Änderung gegenüber dem ersten
progress-values = Alle Werte
progress-day = Wann
progress-value = Wert
progress-from-first = Verglichen mit dem ersten
progress-real-yes = echte Änderung
progress-real-no = zu klein, um sicher zu sein
progress-real-unknown = nicht erkennbar
progress-real-first = der erste
progress-meaning = Was diese Zahlen bedeuten
progress-meaning-error = Keine Messung ist ganz genau. Das ± und die Striche zeigen den Bereich, in dem der wahre Wert sehr wahrscheinlich liegt.
progress-meaning-real = Echt nennen wir eine Änderung nur, wenn sie größer ist als das ± beider Videos zusammengenommen. Alles Kleinere kann Zufall, Kleidung oder Kamera sein.
progress-meaning-same = Vergleichen Sie Gleiches mit Gleichem: dieselbe Übung, derselbe Platz, ähnliche Kleidung.
progress-empty = Noch nichts zu zeigen
progress-empty-what = Nach Ihrem ersten Video sehen Sie hier, wie es vorangeht.
progress-film = Filmen
progress-recordings = Ihre Aufnahmen
progress-spoken = Ihre Fachperson hat dazu geschrieben.
progress-state-received = unterwegs
progress-state-queued = wartet
progress-state-analysing = wird ausgewertet
progress-state-done = fertig
progress-state-refused = noch einmal filmen
progress-state-failed = noch einmal filmen
progress-older = Ältere Aufnahmen
progress-newest = Neueste Aufnahmen
