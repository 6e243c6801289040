waiting-title = Ihr Video wird ausgewertet
waiting-received = Ihr Video ist angekommen.
waiting-queued = { $ahead ->
    [0] Es ist als Nächstes dran.
    [one] Vor Ihrem ist noch ein Video dran.
   *[other] Vor Ihrem sind noch { $ahead } Videos dran.
}
waiting-queue-over = Es war an der Reihe.
waiting-analysing = Es wird ausgewertet: { $percent } %
waiting-analysing-later = Es wird Bild für Bild ausgewertet.
waiting-result = Hier sehen Sie das Ergebnis.
waiting-may-close = Sie können diese Seite schließen. Es geht ohne Sie weiter, und das Ergebnis wartet auf Ihrer Startseite.
waiting-by-itself = Diese Seite sieht alle paar Sekunden von selbst nach.
waiting-checkin = Dreimal tippen, während Sie warten: Schmerz, Anstrengung und Gewicht.
waiting-checkin-go = Sagen, wie es ging
waiting-line = Gerade keine Verbindung. Das Video ist sicher bei uns; diese Seite geht weiter, sobald die Verbindung wieder da ist.
waiting-ready = Fertig
waiting-refused-title = Dieses Video lässt sich noch nicht verwenden
waiting-refused-fine = Das kommt vor. Es sagt nichts über Ihre Bewegung, nur dass die Kamera sie nicht gut genug sehen konnte.
waiting-failed-title = Dieses Video konnte nicht ausgewertet werden
waiting-failed = Das liegt an uns, nicht an Ihnen.
waiting-failed-how = Bitte filmen Sie den Satz noch einmal, oder wählen Sie ein anderes Video aus. Was Sie zu dem Satz gesagt haben, bleibt erhalten.
waiting-failed-again = Ihr Video ist sicher gespeichert. Wir können es noch einmal auswerten; oft genügt das.
waiting-failed-again-go = Noch einmal versuchen
waiting-failed-or = Oder filmen Sie den Satz noch einmal, oder wählen Sie ein anderes Video aus. Was Sie zu dem Satz gesagt haben, bleibt erhalten.
