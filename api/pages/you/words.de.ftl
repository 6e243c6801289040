you-title = Sie
you-with = Bei { $clinician }, { $clinic }
you-agreements = Ihre Zustimmungen
you-agreed = Zugestimmt am { $day }
you-not-agreed = Nicht zugestimmt
you-take-back = Zurücknehmen
you-agree = Lesen und zustimmen
you-withdrawn-store_video = Zurückgenommen. Ihre gespeicherten Videos sind gelöscht; es wird kein weiteres angenommen.
you-withdrawn-show_to_clinician = Zurückgenommen. Von jetzt an kann Ihre Fachperson Ihre Videos nicht öffnen.
you-withdrawn-keep_beyond_30_days = Zurückgenommen. Videos werden 30 Tage nach ihrem Eingang gelöscht.
you-withdraw-title = Zustimmung zurücknehmen?
you-withdraw-what = Was dann geschieht
you-withdraw-first = Gelöschte Videos lassen sich nicht zurückholen.
you-withdraw-take-along = Sie können vorher eine Kopie herunterladen.
you-withdraw-go = Zurücknehmen
you-withdraw-not = So lassen
you-health = Fragen zu Ihrer Gesundheit
you-health-answered = Sie haben sie am { $day } beantwortet. Wenn sich seither etwas geändert hat, etwa neue Taubheit oder ein Bein, das schwächer wird, sagen Sie es uns hier und lassen Sie es noch am selben Tag ansehen.
you-health-not-answered = Sie haben sie noch nicht beantwortet.
you-health-again = Es hat sich etwas geändert
you-health-first = Fragen beantworten
you-data = Ihre Daten
you-data-what = { $videos ->
    [0] Laden Sie alles, was wir über Sie haben, als eine Datei herunter. Ein Video gibt es noch nicht.
    [one] Laden Sie alles, was wir über Sie haben, als eine Datei herunter: eine Aufnahme, etwa { $megabytes } MB Video, Ihre Zahlen und was geschrieben wurde.
   *[other] Laden Sie alles, was wir über Sie haben, als eine Datei herunter: { $videos } Aufnahmen, etwa { $megabytes } MB Video, Ihre Zahlen und was geschrieben wurde.
  }
you-data-take = Meine Daten herunterladen
you-delete = Daten löschen lassen
you-delete-video = Ein einzelnes Video: Öffnen Sie es unter „Verlauf“ und löschen Sie es dort. Alle Videos auf einmal: Nehmen Sie oben „Mein Video speichern“ zurück.
you-delete-all = Alles, auch Zahlen und Ihren Namen: Sagen Sie es { $clinician }, persönlich, am Telefon oder schriftlich. Es kann sofort gelöscht werden.
you-delete-what = Es bleibt dann nur ein Vermerk, dass Daten von jemandem gelöscht wurden und wann, ohne Ihren Namen.
you-device = Dieses Gerät
you-device-what = Auf diesem Gerät bleiben Sie angemeldet. Wenn auch andere es benutzen, melden Sie sich danach ab.
you-sign-out-everywhere = Überall abmelden
you-back-in = Um sich wieder anzumelden, brauchen Sie einen neuen Link von Ihrer Fachperson.
you-settings = Sprache und Darstellung finden Sie am Ende jeder Seite.
you-about = Was gemessen wird, wie genau, und für wen es nicht gedacht ist
